from datetime import UTC, date, datetime

from crm.organizations.services.settings import change_settings
from crm.tenancy.clock import organization_today
from crm.tenancy.context import tenant_context
from crm.tenancy.current import current_organization


def test_the_day_is_the_organisations(tenant, monkeypatch):
    """At five in the afternoon in London it is already tomorrow in Shanghai."""
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    monkeypatch.setattr("crm.tenancy.clock.timezone.now", lambda: late)
    assert organization_today() == date(2026, 11, 21)
    change_settings(tenant.organization.pk, time_zone="Europe/London")
    assert organization_today() == date(2026, 11, 20)


def test_the_organisation_is_read_once_in_a_context(tenant, django_assert_num_queries):
    current_organization()
    with django_assert_num_queries(0):
        assert current_organization().pk == tenant.organization.pk
    with tenant_context(tenant.organization.pk):
        assert current_organization() is current_organization()


def test_another_context_reads_its_own(cast, other_cast):
    for one in (cast, other_cast):
        with tenant_context(one.organization.pk):
            assert current_organization().pk == one.organization.pk
