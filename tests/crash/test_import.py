"""Kill what you like in the middle of an import: in the end it is as if nothing had happened."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import Installation, eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation")]
ROWS = 6_000
PATIENCE = 240  # seconds: other work may share the machine
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


def checked(installation: Installation, slug: str) -> None:
    installation.run("tests.crash.scenario", "check", slug, str(ROWS))
    assert eventually(lambda: batch(installation, slug)["state"] == "checked", seconds=PATIENCE)


def is_under_way(installation: Installation, slug: str) -> bool:
    return 0 < batch(installation, slug)["done"] < ROWS


def is_being_checked(installation: Installation) -> bool:
    return 0 < batch(installation, "checking")["checked"] < ROWS


def is_done(installation: Installation, slug: str) -> bool:
    return batch(installation, slug)["state"] == "done"


@pytest.fixture(scope="module")
def undisturbed(home: Path) -> tuple[object, ...]:
    """What the same file makes when nobody is killed."""
    installation = Installation(home).start()
    try:
        checked(installation, "calm")
        installation.run("tests.crash.scenario", "start", "calm")
        assert eventually(lambda: is_done(installation, "calm"), seconds=PATIENCE)
        result = outcome(installation, "calm")
        (created, leads, numbers), touches = (result[0]["created"], *result[1:3]), result[4]
        assert created == leads == numbers
        assert touches == ROWS
        return result
    finally:
        installation.stop()


@pytest.mark.parametrize("victim", ["worker", "valkey-server", "postgres", "supervisor"])
def test_an_import_survives(
    installation: Installation, undisturbed: tuple[object, ...], victim: str
) -> None:
    installation.start()
    checked(installation, victim)
    installation.run("tests.crash.scenario", "start", victim)
    assert eventually(lambda: is_under_way(installation, victim), seconds=PATIENCE, every=0.02)
    os.kill(installation.processes()[victim], signal.SIGKILL)
    if victim in ("postgres", "supervisor"):
        installation.wait()
        installation.start()

    assert eventually(lambda: is_done(installation, victim), seconds=PATIENCE)
    assert outcome(installation, victim) == undisturbed


def test_a_check_survives_the_worker(
    installation: Installation, undisturbed: tuple[object, ...]
) -> None:
    installation.start()
    assert eventually(lambda: "worker" in installation.processes())
    installation.run("tests.crash.scenario", "check", "checking", str(ROWS))
    assert eventually(lambda: is_being_checked(installation), seconds=PATIENCE, every=0.02)
    os.kill(installation.processes()["worker"], signal.SIGKILL)

    assert eventually(
        lambda: batch(installation, "checking")["state"] == "checked", seconds=PATIENCE
    )
    installation.run("tests.crash.scenario", "start", "checking")
    assert eventually(lambda: is_done(installation, "checking"), seconds=PATIENCE)
    assert outcome(installation, "checking") == undisturbed
