"""Test servers: shared while in use, gone with the last run, sealed against superusers."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from crm.embedded.process import is_alive

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
RUN = """
import json, sys
from crm.embedded.testing import ensure_services
print(json.dumps(ensure_services()), flush=True)
sys.stdin.read()
"""


def start_run(home: Path) -> subprocess.Popen[str]:
    """A test run of its own, which leaves when its standard input closes."""
    env = {**os.environ, "DATA_DIR": str(home), "PYTHONPATH": str(ROOT)}
    env.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-c", RUN],
        env=env,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def environment_of(run: subprocess.Popen[str]) -> dict[str, str]:
    return json.loads(run.stdout.readline())


def end(run: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        run.kill()
    run.stdin.close()
    run.wait(120)
    run.stdout.close()


def wait_for_end(home: Path, keeper: int) -> bool:
    for _ in range(1_200):
        if not is_alive(keeper) and not (home / "test" / "postgres").exists():
            return True
        time.sleep(0.05)
    return False


def keeper_of(home: Path) -> int:
    return int(json.loads((home / "test" / "state.json").read_text())["keeper"])


def test_two_runs_share_the_servers_and_the_last_ends_them(tmp_path: Path) -> None:
    first, second = start_run(tmp_path), start_run(tmp_path)
    mine, other = environment_of(first), environment_of(second)
    keeper = keeper_of(tmp_path)
    end(first, kill=True)
    time.sleep(1)
    with psycopg.connect(other["DATABASE_URL"]) as connection:
        role = connection.execute("select current_user").fetchone()
    end(second)

    assert mine == other
    assert role == ("crm_app",)
    assert wait_for_end(tmp_path, keeper)


def test_roles_are_without_privileges_and_every_new_database_is_prepared(tmp_path: Path) -> None:
    run = start_run(tmp_path)
    env = environment_of(run)
    with psycopg.connect(env["DATABASE_OWNER_URL"], autocommit=True) as owner:
        roles = owner.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreatedb from pg_roles"
            " where rolname like 'crm%' order by 1"
        ).fetchall()
        owner.execute("create database another")
    another = {name: url.replace("/tongzhou?", "/another?") for name, url in env.items()}
    with psycopg.connect(another["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("create table thing (id serial primary key)")
    with psycopg.connect(another["DATABASE_URL"]) as app:
        app.execute("insert into thing default values")
        trigrams = app.execute("select cardinality(show_trgm('华为技术'))").fetchone()
    end(run)

    assert roles == [("crm_app", False, False, False), ("crm_owner", False, False, True)]
    assert trigrams == (5,)
