"""Kill anything: nothing stays behind, nothing is lost, and the next start works."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.crash.conftest import PATIENCE, Installation, all_gone, eventually

pytestmark = pytest.mark.slow

GOING = (
    PATIENCE / 2
)  # what dies by itself or is started again; on a quiet machine it takes a second


def kill(installation: Installation, name: str) -> int:
    pid = installation.processes()[name]
    os.kill(pid, signal.SIGKILL)
    return pid


def is_replaced(installation: Installation, name: str, old: int) -> bool:
    return installation.processes().get(name, old) != old


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(installation: Installation, ending: signal.Signals) -> None:
    installation.start()
    assert eventually(lambda: len(installation.processes()) == 6)
    family = installation.family()
    sockets = os.path.dirname(socket_of(installation))
    installation.signal(ending)

    assert installation.wait() == 0
    assert all_gone(family)
    assert not os.path.exists(sockets)


def socket_of(installation: Installation) -> str:
    with installation.connect() as connection:
        return str(connection.info.host)


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(
    installation: Installation,
) -> None:
    installation.start()
    assert eventually(lambda: len(installation.processes()) == 6)
    family = installation.family()
    installation.signal(signal.SIGKILL)
    installation.wait()

    assert eventually(lambda: all_gone(family), seconds=GOING)
    assert installation.start().answers()


def test_a_second_start_on_the_same_folder_is_refused(installation: Installation) -> None:
    installation.start()
    second = Installation(installation.data).launch()
    said, _ = second.process.communicate(timeout=PATIENCE)

    assert second.process.returncode == 1
    assert f"process {installation.process.pid}" in said
    assert installation.answers()


def test_a_port_in_use_is_told_before_anything_starts(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        said, _ = installation.launch().process.communicate(timeout=PATIENCE)

    assert installation.process.returncode == 1
    assert f"127.0.0.1:{installation.port} cannot be used" in said
    assert "PostgreSQL" not in said


def test_without_postgresql_all_ends_and_the_next_start_recovers(
    installation: Installation,
) -> None:
    installation.start()
    with installation.connect() as connection:
        connection.execute("create table if not exists kept (word text)")
        connection.execute("insert into kept values ('华为')")
    family = installation.family()
    kill(installation, "postgres")

    assert installation.wait() == 1
    assert "PostgreSQL ended" in "".join(installation.lines)
    assert eventually(lambda: all_gone(family), seconds=GOING)
    installation.start()
    with installation.connect() as connection:
        assert connection.execute("select word from kept").fetchall() == [("华为",)]
        connection.execute("drop table kept")
    assert installation.answers()


@pytest.mark.parametrize("name", ["valkey-server", "worker", "beat", "web"])
def test_what_dies_is_started_again(installation: Installation, name: str) -> None:
    installation.start()
    assert eventually(lambda: name in installation.processes())
    old = kill(installation, name)

    assert eventually(lambda: is_replaced(installation, name, old), seconds=GOING)
    assert eventually(installation.answers)


def test_commands_find_the_running_installation(installation: Installation) -> None:
    installation.start()
    asking = "from django.db import connection; connection.ensure_connection();"
    asking += "print(connection.connection.info.user)"
    said = installation.run("manage", "shell", "-v0", "-c", asking)

    assert said.strip() == "crm_app"
