"""PostgreSQL as root, in a closed folder, after an interruption, with a foreign pid file."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crm.embedded.account import shared_folder
from crm.embedded.names import SUPERUSER
from crm.embedded.postgres import Postgres
from crm.embedded.sockets import remove_socket_folder, socket_folder

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A cluster below a folder that only we may enter, as pytest makes them."""
    home = tmp_path / "postgres"
    sockets = socket_folder(tmp_path)
    made = Postgres(home, sockets, tmp_path / "log", durable=False)
    yield made
    made.stop(fast=False)
    remove_socket_folder(sockets)
    shutil.rmtree(shared_folder(home), ignore_errors=True)


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url(user=SUPERUSER, database="postgres")) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


@as_root
@pytest.mark.parametrize("account", ["namespace", "nobody"])
def test_root_gets_a_server_that_does_not_run_as_root(
    server: Postgres, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_POSTGRES_ACCOUNT", account)
    server.start()

    assert ask(server, "select '华' ~ '\\w'") is True
    uid = Path(f"/proc/{server.process.pid}").stat().st_uid
    assert uid == (0 if account == "namespace" else 65534)
    server.stop()
    server.start()
    assert not server.data.joinpath("draft").exists()


def test_nothing_of_the_callers_environment_reaches_the_server(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    server.start()
    monkeypatch.delenv("PGPORT")

    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "select datctype from pg_database limit 1") == "C.UTF-8"
    assert ask(server, "show timezone") == "UTC"
    assert ask(server, "show listen_addresses") == ""


def test_a_killed_server_starts_again_with_what_was_committed(server: Postgres) -> None:
    server.durable = True
    server.start()
    with psycopg.connect(server.url(user=SUPERUSER, database="postgres")) as connection:
        connection.execute("create table kept as select 1 as n")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.start()

    assert ask(server, "select n from kept") == 1


def test_a_pid_file_that_names_somebody_else_does_not_stop_the_start(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getppid()}\n{server.data}\n")
    server.start()

    assert ask(server, "select 1") == 1


def test_an_orphaned_server_of_the_same_folder_is_ended_first(server: Postgres) -> None:
    server.start()
    orphan = server.process
    server.start()

    assert orphan.wait(120) == 0
    assert ask(server, "select 1") == 1


def test_an_interrupted_initialisation_is_done_again(server: Postgres) -> None:
    draft = server.home / "draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")
    (server.home / "base").mkdir()
    server.start()

    assert ask(server, "select 1") == 1
