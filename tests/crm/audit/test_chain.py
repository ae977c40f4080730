"""Whatever is done to the log behind our back, the chain tells; whatever we do, it stays whole."""

import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from crm.audit import chain, services
from crm.audit.enums import Fault
from crm.audit.models import OperationLog, Seal
from crm.audit.sealing import seal_all, seal_organization
from crm.tenancy.context import tenant_context
from tests.crm.audit.world import owner, tamper, verified, write
from tests.support.cast import Cast, build_cast

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def anchor_file(tmp_path: Path, settings) -> Path:
    settings.AUDIT_ANCHORS_FILE = str(tmp_path / "audit" / "anchors.jsonl")
    return tmp_path / "audit" / "anchors.jsonl"


@pytest.fixture
def company(cast_committed) -> Cast:
    write(cast_committed, 5)
    write(cast_committed, 3)
    return cast_committed


def faults(cast: Cast) -> set[Fault]:
    return {one.fault for one in verified(cast).findings}


def test_an_untouched_chain_is_whole(company):
    report = verified(company)
    with tenant_context(company.organization.pk):
        lines = OperationLog.objects.count()
        places = list(Seal.objects.order_by("sequence").values_list("sequence", flat=True))
    assert report.is_whole
    assert report.checked == lines
    assert report.unsealed == 0
    assert places == list(range(1, lines + 1))
    assert report.anchors == 2


@pytest.mark.parametrize(
    "change",
    [
        "action = 'lead.viewed'",
        "verb = 'view'",
        "subject_id = subject_id + 1",
        "subject_kind = 'leads.lead'",
        "member_id = NULL",
        "details = jsonb_set(details, '{number}', '7')",
        "at = at - interval '1 microsecond'",
        "transaction = transaction - 1",
    ],
)
def test_any_changed_column_shows(company, change):
    tamper(
        company,
        f"UPDATE audit_operationlog SET {change} WHERE details->>'number' = '1'",
    )
    assert faults(company) == {Fault.ALTERED}


def test_a_removed_line_shows(company):
    tamper(company, "DELETE FROM audit_operationlog WHERE details->>'number' = '2'")
    assert faults(company) == {Fault.REMOVED}


def test_a_line_removed_with_its_seal_shows(company):
    tamper(
        company,
        "WITH gone AS (DELETE FROM audit_operationlog WHERE details->>'number' = '4'"
        " RETURNING id) DELETE FROM audit_seal WHERE entry_id IN (SELECT id FROM gone)",
    )
    assert {Fault.GAP, Fault.ALTERED} <= faults(company)


def test_closing_the_gap_by_renumbering_shows(company):
    write(company, 1)
    with owner(company) as cursor:
        cursor.execute("SELECT max(sequence) - 1 FROM audit_seal")
        place = cursor.fetchone()[0]
        cursor.execute("DELETE FROM audit_seal WHERE sequence = %s RETURNING entry_id", [place])
        cursor.execute("DELETE FROM audit_operationlog WHERE id = %s", [cursor.fetchone()[0]])
        cursor.execute(
            "UPDATE audit_seal SET sequence = %s WHERE sequence = %s", [place, place + 1]
        )
    assert Fault.ALTERED in faults(company)


def test_two_lines_that_changed_places_show(company):
    with owner(company) as cursor:
        cursor.execute("SELECT sequence, entry_id FROM audit_seal ORDER BY sequence DESC LIMIT 2")
        (late, a), (early, b) = cursor.fetchall()
        cursor.execute("UPDATE audit_seal SET entry_id = -1 WHERE sequence = %s", [late])
        cursor.execute("UPDATE audit_seal SET entry_id = %s WHERE sequence = %s", [a, early])
        cursor.execute("UPDATE audit_seal SET entry_id = %s WHERE sequence = %s", [b, late])
    assert faults(company) == {Fault.ALTERED}


def test_a_line_slipped_into_the_past_shows(company):
    tamper(
        company,
        "INSERT INTO audit_operationlog (organization_id, action, subject_kind, details, at,"
        " transaction) SELECT organization_id, action, subject_kind, details, at, 1"
        " FROM audit_operationlog LIMIT 1",
    )
    seal_organization(company.organization.pk)
    assert faults(company) == {Fault.STRAY}


def test_a_line_that_claims_an_earlier_time_shows(company):
    tamper(
        company,
        "INSERT INTO audit_operationlog (organization_id, action, subject_kind, details, at)"
        " SELECT organization_id, action, subject_kind, details, at - interval '2 days'"
        " FROM audit_operationlog LIMIT 1",
    )
    seal_organization(company.organization.pk)
    assert faults(company) == {Fault.BACKDATED}


def test_a_forged_seal_shows_without_the_key(company):
    tamper(
        company,
        "WITH fresh AS (INSERT INTO audit_operationlog (organization_id, action, subject_kind,"
        " details, at) SELECT organization_id, action, subject_kind, details, at"
        " FROM audit_operationlog LIMIT 1 RETURNING id, organization_id)"
        " INSERT INTO audit_seal (organization_id, sequence, entry_id, digest, sealed_at)"
        " SELECT organization_id, (SELECT max(sequence) + 1 FROM audit_seal), id,"
        " sha256('guess'), now() FROM fresh",
    )
    assert Fault.ALTERED in faults(company)


def test_a_tail_cut_off_shows_by_its_anchor(company, anchor_file):
    with owner(company) as cursor:
        cursor.execute("SELECT max(sequence) - 2 FROM audit_seal")
        (place,) = cursor.fetchone()
        cursor.execute("DELETE FROM audit_seal WHERE sequence > %s RETURNING entry_id", [place])
        gone = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM audit_operationlog WHERE id = ANY(%s)", [gone])
    assert faults(company) == {Fault.TAIL}
    # and still when the chain has grown past the place again
    write(company, 5)
    assert faults(company) == {Fault.ANCHOR}


def test_a_log_wholly_removed_shows(company):
    with owner(company) as cursor:
        cursor.execute("DELETE FROM audit_seal")
        cursor.execute("DELETE FROM audit_operationlog")
    assert faults(company) == {Fault.TAIL}


def test_the_application_itself_cannot_touch_what_is_written(company):
    for table in ("audit_operationlog", "audit_seal"):
        for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                tenant_context(company.organization.pk),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)


def test_writers_at_once_make_one_chain_and_lose_no_line(company):
    """Six writers and two sealers, with transactions that end in another order than they began."""
    organization, errors = company.organization.pk, []
    barrier, done = threading.Barrier(8), threading.Event()

    def guarded(work):
        def run() -> None:
            try:
                barrier.wait(timeout=120)
                work()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def writing() -> None:
        for number in range(15):
            with tenant_context(organization, member_id=company.agent.pk):
                services.record("lead.created", target=company.agent, number=number)
                if number % 4 == 0:  # a line of this transaction is older than others' seals
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(0.02)")
                services.record("lead.changed", target=company.agent, number=number)
                if number % 7 == 6:
                    transaction.set_rollback(True)

    def sealing() -> None:
        while not done.wait(0.005):
            seal_organization(organization)

    writers = [guarded(writing) for _ in range(6)]
    sealers = [guarded(sealing) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join(timeout=120)
    done.set()
    for thread in sealers:
        thread.join(timeout=120)
    seal_organization(organization)

    assert not errors
    report = verified(company)
    with tenant_context(organization):
        assert report.checked == OperationLog.objects.count() == Seal.objects.count()
    assert report.is_whole
    assert report.checked > 6 * 13 * 2


def test_a_line_of_a_running_transaction_waits_and_is_not_passed_over(company):
    organization, began, go_on = company.organization.pk, threading.Event(), threading.Event()

    def slow() -> None:
        with tenant_context(organization, member_id=company.agent.pk):
            services.record("lead.created", target=company.agent, number=99)
            began.set()
            go_on.wait(timeout=120)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(timeout=120)
    write(company, 2)  # committed later, numbered later: they wait for the earlier one
    assert verified(company).unsealed == 2
    go_on.set()
    thread.join(timeout=120)
    assert seal_organization(organization) == 3
    assert verified(company).is_whole


def test_a_database_moved_to_another_cluster_is_sealed_on(company, monkeypatch):
    write(company, 2, seal=False)
    monkeypatch.setattr(chain, "HORIZON", "SELECT 3::bigint")
    assert seal_organization(company.organization.pk) == 2
    assert verified(company).is_whole


def test_each_organisation_has_a_chain_of_its_own(company):
    other = build_cast("globex")
    write(other, 2, seal=False)
    assert seal_all() > 0
    assert verified(other).is_whole
    tamper(other, "UPDATE audit_operationlog SET verb = 'view'")
    assert not verified(other).is_whole
    assert verified(company).is_whole


def test_the_command_ends_in_error_when_the_log_was_touched(company):
    out = StringIO()
    call_command("verify_audit", organization="acme", stdout=out)
    assert "acme: whole" in out.getvalue()
    tamper(company, "DELETE FROM audit_operationlog WHERE details->>'number' = '2'")
    with pytest.raises(CommandError, match="faults"):
        call_command("verify_audit", stdout=out)
    assert '"fault": "removed"' in out.getvalue()
    with pytest.raises(CommandError, match="nobody"):
        call_command("verify_audit", organization="nobody", stdout=out)
