"""Kill what you like in the middle of an import: in the end it is as if nothing had happened."""

import os
import signal
from typing import Any

import pytest

from tests.crash.conftest import Installation, eventually

pytestmark = pytest.mark.slow
ROWS = 3_000  # three steps of the check and of the import: there is a middle to be killed in
VICTIMS = ("worker", "valkey-server", "postgres", "supervisor")
BATCH = """
select state, done_until, checked_until, results from leads_importbatch
where organization_id = (select id from tenancy_organization where slug = %s)
"""
LEADS = """
select count(*), count(distinct number), min(company_name),
       (select count(*) from leads_touch t where t.organization_id = o.id),
       (select count(*) from leads_identitykey k where k.organization_id = o.id)
from tenancy_organization o join leads_lead l on l.organization_id = o.id
where slug = %s group by o.id
"""


def batch(installation: Installation, slug: str) -> dict[str, Any]:
    with installation.connect() as connection:
        row = connection.execute(BATCH, [slug]).fetchone()
    return dict(zip(("state", "done", "checked", "results"), row or (), strict=False))


def outcome(installation: Installation, slug: str) -> tuple[object, ...]:
    with installation.connect() as connection:
        row = connection.execute(LEADS, [slug]).fetchone()
    return (batch(installation, slug)["results"], *(row or ()))


def is_between(installation: Installation, slug: str, counted: str) -> bool:
    """Some rows are behind it, and some before it.

    Asked from before the file is uploaded: so few rows take seconds, and on a busy machine the
    program that started them may take longer than that to end.
    """
    return 0 < batch(installation, slug).get(counted, 0) < ROWS


def is_done(installation: Installation, slug: str) -> bool:
    return batch(installation, slug)["state"] == "done"


@pytest.fixture(scope="module")
def undisturbed(installation: Installation) -> tuple[object, ...]:
    """What the same file makes when nobody is killed."""
    installation.start()
    installation.run("tests.crash.scenario", "import", "calm", str(ROWS))
    assert eventually(lambda: is_done(installation, "calm"))
    result = outcome(installation, "calm")
    (created, leads, numbers), touches = (result[0]["created"], *result[1:3]), result[4]
    assert created == leads == numbers
    assert touches == ROWS
    return result


@pytest.mark.parametrize("victim", VICTIMS)
def test_an_import_survives(
    installation: Installation, undisturbed: tuple[object, ...], victim: str
) -> None:
    installation.start()
    assert eventually(lambda: set(VICTIMS) <= installation.processes().keys())
    hit = installation.processes()[victim]
    with installation.running("tests.crash.scenario", "import", victim, str(ROWS)):
        assert eventually(lambda: is_between(installation, victim, "done"), every=0.02)
        os.kill(hit, signal.SIGKILL)
    if victim in ("postgres", "supervisor"):
        installation.wait()
        installation.start()

    assert eventually(lambda: is_done(installation, victim))
    assert outcome(installation, victim) == undisturbed


def test_a_check_survives_the_worker(
    installation: Installation, undisturbed: tuple[object, ...]
) -> None:
    installation.start()
    assert eventually(lambda: "worker" in installation.processes())
    worker = installation.processes()["worker"]
    with installation.running("tests.crash.scenario", "check", "checking", str(ROWS)):
        assert eventually(lambda: is_between(installation, "checking", "checked"), every=0.02)
        os.kill(worker, signal.SIGKILL)

    assert eventually(lambda: batch(installation, "checking")["state"] == "checked")
    installation.run("tests.crash.scenario", "start", "checking")
    assert eventually(lambda: is_done(installation, "checking"))
    assert outcome(installation, "checking") == undisturbed
