"""What a test leaves active is not what the next one begins with."""

import pytest
from django.conf import settings
from django.utils import timezone, translation

from crm.people.models import User
from crm.tenancy.models import Organization
from tests.support import restoring


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_each_begins_in_the_language_and_zone_of_the_settings(language):
    assert translation.get_language() == settings.LANGUAGE_CODE
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
    translation.activate(language)
    timezone.activate("Asia/Tokyo")


@pytest.mark.slow
def test_what_is_committed_is_taken_away(cast_committed, worker_name):
    """Whether it is enough depends on what earlier tests left: dead rows, statistics."""
    name = f"tongzhou_test_{worker_name}"
    clean = restoring.clean_state(name)
    with restoring.connect(name) as admin:
        assert Organization.objects.filter(slug="acme").exists()
        restoring.take_away(admin, sorted(restoring.filled_tables(admin) - clean.filled))
        assert restoring.filled_tables(admin) == clean.filled
    assert not Organization.objects.exists()
    assert not User.objects.exists()


@pytest.mark.slow
def test_a_heap_of_dead_rows_asks_for_a_new_database(cast_committed, worker_name, monkeypatch):
    monkeypatch.setattr(restoring, "LARGE", 1)
    assert not restoring.restore(f"tongzhou_test_{worker_name}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_behind (id int)",
        "CREATE INDEX left_behind ON people_user (name)",
        "DROP INDEX lead_latest_idx",
        "ALTER TABLE people_user DISABLE TRIGGER ALL",
        "ALTER TABLE leads_lead NO FORCE ROW LEVEL SECURITY",
        "GRANT DELETE ON audit_operationlog TO PUBLIC",
        "COMMENT ON TABLE people_user IS 'left behind'",
        "CREATE FUNCTION left_behind() RETURNS int LANGUAGE sql RETURN 1",
        "UPDATE django_content_type SET model = 'left_behind' WHERE id = 1",
        "DELETE FROM auth_permission",
        "TRUNCATE people_user CASCADE",
        "ANALYZE django_migrations",
    ],
)
def test_what_else_is_changed_is_noticed(change, real_transactions, worker_name):
    name = f"tongzhou_test_{worker_name}"
    clean = restoring.clean_state(name)
    with restoring.connect(name) as admin:
        with admin.transaction(force_rollback=True):
            admin.execute(change)
            assert restoring.traces(admin, clean.filled) != clean.traces
        assert restoring.traces(admin, clean.filled) == clean.traces
