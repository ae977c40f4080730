"""The import: whole chunks, resumable, nothing doubled, the balance always right."""

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection

from crm.teamwork.enums import NotificationKind
from crm.teamwork.models import Notification
from crm.tenancy.context import tenant_context
from leads.enums import ImportState, TouchOutcome
from leads.models import AssignmentDecision, IdentityKey, ImportBatch, Lead, Touch
from leads.selectors.imports import channel_balances
from leads.services import imports, imports_run, imports_writing
from leads.services.imports import FileUnreadable
from leads.services.imports_statistics import GROWN, REFRESH, refresh_statistics
from tests.leads.imports.files import checked, csv_upload, imported, lead_row, work
from tests.leads.imports.test_check import known_lead
from tests.support.cast import build_cast


def outcomes_of(batch: ImportBatch) -> dict[str, int]:
    return dict(Counter(Touch.objects.filter(import_batch=batch).values_list("outcome", flat=True)))


@pytest.mark.django_db
class TestResults:
    def test_good_rows_become_numbered_leads_with_an_owner_and_a_reason(self, tenant):
        batch = imported(csv_upload([lead_row(n) for n in range(6)]), by=tenant.marketing)
        assert batch.state == ImportState.DONE
        leads = list(Lead.objects.filter(import_batch=batch).order_by("id"))
        assert len({lead.number for lead in leads}) == 6
        assert Counter(lead.owner_id for lead in leads) == {
            tenant.agent.pk: 3, tenant.colleague.pk: 3,
        }  # fmt: skip
        assert all(lead.assigned_at and lead.status == "new" for lead in leads)
        assert AssignmentDecision.objects.filter(lead__in=leads).count() == 6
        assert IdentityKey.objects.filter(record_kind="lead").count() >= 6 * 3

    def test_each_row_becomes_exactly_one_thing_and_the_channel_balances(self, tenant):
        known_lead(company_name="苏州同光精密机械有限公司", phone="13812345678")
        owned = known_lead_owned(tenant)
        rows = [
            lead_row(1),
            ("苏州同光精密机械有限公司", "", "13812345678", "", "", ""),
            (owned.company_name, "", owned.phone, "", "", ""),
            ("", "谁", "13800000009", "", "", ""),
            lead_row(1),
            ("同光精密机械", "", "", "", "", ""),
        ]
        batch = imported(csv_upload(rows), by=tenant.marketing)
        assert outcomes_of(batch) == {"created": 1, "attached": 2, "collided": 1, "rejected": 2}
        assert batch.results == outcomes_of(batch)
        balance = next(one for one in channel_balances() if one.channel == "file")
        assert balance.received == balance.settled == 6

    def test_a_repeated_row_is_attached_to_the_lead_of_the_first(self, tenant):
        batch = imported(csv_upload([lead_row(1), lead_row(1)]), by=tenant.marketing)
        lead = Lead.objects.get(import_batch=batch)
        assert set(Touch.objects.values_list("outcome", "lead_id")) == {
            ("created", lead.pk), ("attached", lead.pk),
        }  # fmt: skip

    def test_a_repeat_in_a_later_chunk_is_attached_not_a_collision(self, tenant, monkeypatch):
        monkeypatch.setattr(imports_run, "CHUNK", 1)
        batch = imported(csv_upload([lead_row(1), lead_row(1)]), by=tenant.marketing)
        assert outcomes_of(batch) == {"created": 1, "attached": 1}

    def test_probable_duplicates_come_in_only_when_asked_for(self, tenant):
        known_lead(company_name="苏州同光精密机械有限公司")
        upload = csv_upload([("同光精密机械", "", "", "", "", "")])
        batch = imported(upload, by=tenant.marketing, include_probable=True)
        assert outcomes_of(batch) == {"created": 1}

    def test_the_row_is_kept_as_it_came(self, tenant):
        row = lead_row(7)
        batch = imported(csv_upload([row]), by=tenant.marketing)
        assert Touch.objects.get(import_batch=batch).payload == {"row": 2, "values": list(row)}

    def test_a_region_nobody_serves_waits_with_its_reason(self, tenant):
        batch = imported(csv_upload([lead_row(1, province="云南")]), by=tenant.marketing)
        lead = Lead.objects.get(import_batch=batch)
        assert (lead.owner_id, lead.unassigned_reason) == (None, "condition_failed")


def known_lead_owned(tenant) -> Lead:
    facts = {"company_name": "北京远航软件有限公司", "phone": "13911112222"}
    return known_lead(owner=tenant.northerner, **facts)


@pytest.mark.django_db
class TestInterruptions:
    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(imports_run, "CHUNK", 4)

    def test_a_killed_worker_leaves_whole_chunks_and_its_successor_goes_on(
        self, tenant, monkeypatch
    ):
        batch = checked(csv_upload([lead_row(n) for n in range(10)]), by=tenant.marketing)
        imports.start_import(batch_id=batch.pk)
        with monkeypatch.context() as dying:
            real, calls = imports_writing.record_decisions, []

            def die_in_the_second(*args, **kwargs):
                calls.append(1)
                if len(calls) == 2:
                    raise KeyboardInterrupt
                return real(*args, **kwargs)

            dying.setattr(imports_writing, "record_decisions", die_in_the_second)
            with pytest.raises(KeyboardInterrupt):
                imports_run.run(batch.organization_id, batch.pk)
        batch.refresh_from_db()
        assert (Lead.objects.count(), Touch.objects.count()) == (4, 4)
        assert batch.results == {"created": 4}
        work(batch)
        assert batch.state == ImportState.DONE
        assert (Lead.objects.count(), Touch.objects.count()) == (10, 10)
        assert AssignmentDecision.objects.count() == 10

    def test_a_stop_takes_effect_between_chunks_and_can_be_continued(self, tenant):
        batch = checked(csv_upload([lead_row(n) for n in range(10)]), by=tenant.marketing)
        imports.start_import(batch_id=batch.pk)
        assert imports_run.run_chunk(batch.pk) is True
        imports.cancel_import(batch_id=batch.pk)
        assert imports_run.run_chunk(batch.pk) is False
        assert Lead.objects.count() == 4
        imports.start_import(batch_id=batch.pk)
        work(batch)
        assert Lead.objects.count() == 10

    def test_pressing_start_twice_starts_once(self, tenant):
        batch = checked(csv_upload([lead_row(n) for n in range(3)]), by=tenant.marketing)
        first = imports.start_import(batch_id=batch.pk).job_id
        assert imports.start_import(batch_id=batch.pk).job_id == first
        work(batch)
        assert imports.start_import(batch_id=batch.pk).state == ImportState.DONE
        assert Lead.objects.count() == 3

    def test_the_same_file_twice_makes_each_lead_once(self, tenant):
        rows = [lead_row(n) for n in range(6)]
        one, two = (checked(csv_upload(rows), by=tenant.marketing) for _ in range(2))
        for batch in (one, two):
            imports.start_import(batch_id=batch.pk)
            work(batch)
        assert Lead.objects.count() == 6
        assert outcomes_of(two) == {"collided": 6}

    def test_a_file_that_breaks_off_says_where(self, tenant):
        with pytest.raises(FileUnreadable):
            imports.upload_leads(upload=csv_upload([], header=("",)), by=tenant.marketing)


@pytest.mark.slow
def test_two_imports_of_one_file_at_once_make_no_doubles(real_transactions, monkeypatch):
    monkeypatch.setattr(imports_run, "CHUNK", 5)
    cast = build_cast("acme")
    organization = cast.organization.id
    rows = [lead_row(n) for n in range(30)]
    with tenant_context(organization):
        uploads = [imports.upload_leads(upload=csv_upload(rows), by=cast.marketing) for _ in "ab"]
        for batch in uploads:
            imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)
    from leads.services import imports_check

    for batch in uploads:
        imports_check.check(organization, batch.pk)
        with tenant_context(organization):
            imports.start_import(batch_id=batch.pk)
    barrier, failures = Barrier(2), []

    def import_one(batch_id: int) -> None:
        try:
            barrier.wait()
            imports_run.run(organization, batch_id)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=import_one, args=(batch.pk,)) for batch in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with tenant_context(organization):
        assert Lead.objects.count() == 30
        assert Touch.objects.filter(outcome=TouchOutcome.CREATED).count() == 30
        assert Touch.objects.count() == 60


@pytest.mark.django_db
def test_the_planner_hears_of_tables_that_have_doubled(tenant):
    """Other tests have left their marks on these tables: none is to be twice as large."""
    doubled = """
        SELECT relname FROM pg_class WHERE relname = ANY (%s)
        AND pg_relation_size(oid) / 8192 > 2 * greatest(relpages, 4)
    """
    imported(csv_upload([lead_row(n) for n in range(300)]), by=tenant.marketing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('leads_lead'::regclass)")
        assert cursor.fetchone()[0] > 8 * 8192
        cursor.execute(doubled, [GROWN])
        assert cursor.fetchall() == []
    assert refresh_statistics(tenant.organization.pk) == 0


@pytest.mark.django_db
def test_nobody_has_other_tables_looked_at_anew(tenant):
    """The function belongs to the owner: it looks at what an import fills, whatever is asked."""
    doubled = """
        SELECT pg_relation_size(oid) / 8192 > 2 * greatest(relpages, 4)
        FROM pg_class WHERE oid = 'teamwork_notification'::regclass
    """
    line = {"member": tenant.agent, "kind": NotificationKind.CASE_DUE, "title": "很长的一行" * 40}
    with connection.cursor() as cursor:
        cursor.execute(doubled)
        while cursor.fetchone() == (False,):
            Notification.objects.bulk_create(Notification(**line) for _one in range(200))
            cursor.execute(doubled)
        cursor.execute(REFRESH, [["teamwork_notification"]])
        assert cursor.fetchone() == (0,)
