"""Deletion: asked for, thought over, carried out; nothing remains but the certificate."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from crm.files import services as files
from crm.organizations.models import Deletion, LastVisit, OperatorAction, Usage
from crm.organizations.services import addresses, deletion, erasing, measuring
from crm.people.models import Member, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from tests.support import restoring
from tests.support.cast import PASSWORD, build_cast
from tests.support.growth import World

ADDRESS = "/acme/organization/delete/"


def asked(cast, **changes):
    facts = {"typed": cast.organization.name, "grace": 7, "password": PASSWORD, "reason": "Over"}
    return facts | changes


def test_it_takes_the_name_and_the_password(cast, sign_in):
    owner = sign_in(cast.owner)
    for wrong in ({"typed": "acme"}, {"password": "wrong"}, {"grace": 1}, {"password": ""}):
        assert owner.post(ADDRESS, asked(cast, **wrong)).status_code == 422
    assert Organization.objects.get().is_open
    assert owner.post(ADDRESS, asked(cast)).status_code == 302
    organization = Organization.objects.get()
    assert organization.state == "deleting"
    assert 6.9 < (organization.delete_after - timezone.now()).total_seconds() / 86400 <= 7


def test_only_administrators_may(cast, sign_in):
    assert sign_in(cast.manager).post(ADDRESS, asked(cast)).status_code == 403


def test_passwords_cannot_be_guessed(cast, sign_in, settings):
    settings.LIMITS_ENABLED = True
    owner = sign_in(cast.owner)
    for _ in range(5):
        owner.post(ADDRESS, asked(cast, password="guess"))
    assert owner.post(ADDRESS, asked(cast)).status_code == 422
    assert Organization.objects.get().is_open


def test_meanwhile_it_is_closed_and_an_administrator_keeps_it(cast, other_cast, sign_in):
    sign_in(cast.owner).post(ADDRESS, asked(cast))
    agent = sign_in(cast.agent)
    assert agent.get("/acme/leads/").status_code == 403
    assert "Keep the organisation" not in agent.get("/acme/").content.decode()
    assert agent.post("/switch/acme/keep/").status_code == 404
    assert sign_in(other_cast.owner).post("/switch/acme/keep/").status_code == 404
    assert not Organization.objects.get(slug="acme").is_open
    owner = sign_in(cast.owner)
    assert "Keep the organisation" in owner.get("/acme/").content.decode()
    assert owner.post("/switch/acme/keep/").headers["Location"] == "/acme/"
    assert owner.get("/acme/leads/").status_code == 200
    assert Deletion.objects.get().cancelled_at


def test_the_database_keeps_the_week(cast):
    number = cast.organization.pk
    refused = [
        lambda: Organization.objects.filter(pk=number).update(delete_after=timezone.now()),
        lambda: call("DELETE FROM tenancy_organization WHERE id = %s", number),
        lambda: call("SELECT erase_tenant_rows(%s, ARRAY['leads_lead'], 10)", number),
        lambda: call("SELECT erase_tenant(%s)", number),
    ]
    for attempt in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Organization.objects.filter(pk=number).exists()


def call(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_only_tables_of_organisations_can_be_emptied(cast):
    with pytest.raises(DatabaseError), transaction.atomic():
        call("SELECT erase_tenant_rows(%s, ARRAY['people_user'], 10)", cast.organization.pk)


def test_tables_are_emptied_before_those_they_point_at(db):
    order = erasing.erasing_order()
    place = {table: number for number, group in enumerate(order) for table in group}
    assert set(place) == set(erasing.erasable_tables())
    for source, targets in erasing.references().items():
        for target in targets:
            assert place[source] <= place[target], (source, target)


def let_time_pass(number):
    """What only the database's owner can do."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "UPDATE tenancy_organization SET delete_after = now() - interval '1 minute'"
            " WHERE id = %s",
            [number],
        )
    owner.close()
    Deletion.objects.filter(number=number).update(due_at=timezone.now())


def census():
    """Rows of every table with an organisation, by organisation, as the database has them."""
    found = {}
    for organization in Organization.objects.all():
        with tenant_context(organization.pk), connection.cursor() as cursor:
            for table in erasing.erasable_tables():
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[organization.pk, table] = cursor.fetchone()[0]
    return found


def left_of(number):
    """Tables that still have rows of an organisation, though it is gone: asked as its tenant."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization', %s, true)", [str(number)])
        for table in erasing.erasable_tables():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE organization_id = %s', [number])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


@pytest.fixture
def doomed(real_transactions, worker_name):
    """acme, full and due; globex beside it; one person in both."""
    return restoring.committed(f"tongzhou_test_{worker_name}", one_of_two_doomed)


def one_of_two_doomed():
    casts = [build_cast("acme"), build_cast("globex")]
    for cast in casts:
        with tenant_context(cast.organization.pk):
            World(cast).grow(3)
            files.store_bytes(cast.organization.slug.encode(), name="a.txt", purpose="test")
    from crm.people import services as people
    from crm.people.models import Department

    acme, globex = casts
    with tenant_context(globex.organization.pk):
        people.add_member(
            user=User.objects.get(email="agent@acme.test"),
            department=Department.objects.first(),
            roles=["rep"],
        )
        left = people.add_member(
            user=User.objects.get(email="manager@acme.test"),
            department=Department.objects.first(),
            roles=["rep"],
        )
        type(left).objects.filter(pk=left.pk).update(is_active=False)
    measuring.measure_all()
    LastVisit.objects.create(user_id=acme.owner.user_id, number=acme.organization.pk)
    deletion.request_deletion(acme.organization.pk, by="Z <z***@acme.test>", days=30)
    return acme, globex


@pytest.mark.slow
def test_nothing_is_erased_before_its_time(doomed):
    before = census()
    assert erasing.erase_due() == 0
    assert census() == before


def people_of(cast):
    with tenant_context(cast.organization.pk):
        return set(Member.objects.values_list("user_id", flat=True))


@pytest.mark.slow
def test_nothing_remains_but_the_certificate(doomed, sign_in):
    acme, globex = doomed
    number, slug = acme.organization.pk, acme.organization.slug
    before, alone = census(), people_of(acme) - people_of(globex)
    own = sum(count for (organization, _table), count in before.items() if organization == number)
    let_time_pass(number)
    with pytest.raises(deletion.TooLate):
        deletion.cancel(number, by="x")

    assert erasing.erase_due() == 1

    assert not Organization.objects.filter(pk=number).exists()
    assert left_of(number) == []
    assert not Usage.objects.filter(number=number).exists()
    assert not LastVisit.objects.filter(number=number).exists()
    assert census() == {k: v for k, v in before.items() if k[0] == globex.organization.pk}
    folder = Path(deletion.data_folder(number))
    assert not folder.exists()
    assert Path(deletion.data_folder(globex.organization.pk)).exists()
    kept = set(User.objects.values_list("email", flat=True))
    assert {"agent@acme.test", "manager@acme.test"} <= kept  # globex knows them
    assert not {"owner@acme.test", "finance@acme.test"} & kept
    certificate = Deletion.objects.get()
    assert certificate.finished_at
    assert certificate.row_count >= own
    assert certificate.counts["files"] >= 1
    assert certificate.counts["users"]["removed"] == len(alone)
    assert not User.objects.filter(pk__in=alone).exists()
    assert certificate.user_ids == []
    assert certificate.slug_hash == addresses.slug_hash(slug)
    assert OperatorAction.objects.get(action="organization.erased").details["number"] == number
    assert not addresses.is_free(slug)
    assert sign_in(globex.owner).get("/globex/leads/").status_code == 200
    assert sign_in(globex.owner).get("/acme/").status_code == 404


@pytest.mark.slow
def test_small_steps_lead_there_too(doomed, monkeypatch):
    acme, _globex = doomed
    let_time_pass(acme.organization.pk)
    monkeypatch.setattr(erasing, "CHUNK", 25)
    finished, runs = 0, 0
    while not finished and runs < 500:
        taken = erasing.take()
        finished += erasing.Erasure(taken, chunk=25).run(until=0.0)
        runs += 1
    assert finished == 1
    assert runs > 10
    assert left_of(acme.organization.pk) == []


@pytest.mark.slow
def test_two_workers_do_not_erase_the_same(doomed):
    let_time_pass(doomed[0].organization.pk)
    assert erasing.take() is not None
    assert erasing.take() is None


KILLED = """
import os, django
django.setup()
from django.db import connections
from crm.organizations.services import erasing
plain, done = erasing.Erasure.count, []
def count(self, table, gone):
    plain(self, table, gone)
    done.append(table)
    if len(done) == 12:
        print("half", flush=True)
        import time; time.sleep(60)
erasing.Erasure.count = count
erasing.erase_due()
"""


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_but_its_step(doomed):
    acme, globex = doomed
    number = acme.organization.pk
    before = census()
    own = sum(count for (organization, _table), count in before.items() if organization == number)
    let_time_pass(number)
    database = connection.settings_dict
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.crm.organizations.child_settings",
                                "TEST_DATABASE": database["NAME"]}  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout.readline() == "half\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    half = Deletion.objects.get()
    assert 0 < half.row_count < own
    assert half.started_at
    assert erasing.take() is None  # its lease is not over
    Deletion.objects.update(lease_until=timezone.now())
    time.sleep(0.01)

    assert erasing.erase_due() == 1

    assert left_of(number) == []
    assert Deletion.objects.get().row_count >= own
    assert {k: v for k, v in before.items() if k[0] == globex.organization.pk} == census()
