"""PostgreSQL and Valkey for a test run: thrown away when the last run that uses them ends.

A keeper process owns both. Every test run holds a shared lock on `users`; the kernel drops it
when the run ends, however it ends. When nobody holds it, the keeper stops the servers and goes.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from crm.embedded.names import APP, DATABASE, OWNER, SUPERUSER
from crm.embedded.postgres import Postgres
from crm.embedded.process import CommandFailed, is_alive, last_words, wait_until
from crm.embedded.provision import provision
from crm.embedded.sockets import remove_socket_folder, socket_folder
from crm.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
_held: list[IO[bytes]] = []


def ensure_services() -> dict[str, str]:
    """Start the test servers, or join those that run, and return the environment they need.

    With DATABASE_URL set nothing is started: the caller (or an outer run) provides the servers.
    """
    if os.environ.get("DATABASE_URL"):
        return {}
    home = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve() / "test"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "start.lock").open("wb") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        users = (home / "users.lock").open("wb")
        fcntl.flock(users, fcntl.LOCK_SH)
        _held.append(users)
        state = _state(home)
        if not state or not is_alive(int(state["keeper"])):
            state = _start_keeper(home)
    return {name: value for name, value in state.items() if name != "keeper"}


def release_services() -> None:
    """Leave the servers; the last one to leave ends them."""
    while _held:
        _held.pop().close()


def _state(home: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        loaded: dict[str, str] = json.loads((home / "state.json").read_text())
        return loaded
    return {}


def _start_keeper(home: Path) -> dict[str, str]:
    (home / "state.json").unlink(missing_ok=True)
    log = home / "logs" / "keeper.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        keeper = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "crm.embedded", "keep-test-services", str(home)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_until(lambda: bool(_state(home)) or keeper.poll() is not None, seconds=60)
    if keeper.poll() is not None or not _state(home):
        raise CommandFailed(f"The test servers did not start.\n{last_words(log)}")
    # It outlives this run if others joined it; nobody waits for it, and that is meant.
    keeper.returncode = 0
    return _state(home)


def keep(home: Path) -> None:
    """Run the servers until no test run holds the lock."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (home / "keeper.lock").open("wb") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        _keep_servers(home)


def _keep_servers(home: Path) -> None:
    postgres, valkey, sockets = _servers(home)
    try:
        postgres.start()
        valkey.start()
        _write_state(home, postgres, valkey)
        while not _alone(home):
            time.sleep(0.3)
            _check_alive(postgres, valkey)
    finally:
        (home / "state.json").unlink(missing_ok=True)
        postgres.stop(fast=False)
        valkey.stop()
        shutil.rmtree(postgres.home, ignore_errors=True)
        remove_socket_folder(sockets)


def _servers(home: Path) -> tuple[Postgres, Valkey, Path]:
    shutil.rmtree(home / "postgres", ignore_errors=True)
    shutil.rmtree(home / "valkey", ignore_errors=True)
    sockets, logs = socket_folder(home), home / "logs"
    postgres = Postgres(home / "postgres", sockets, logs / "postgres.log", durable=False)
    valkey = Valkey(home / "valkey", sockets, logs / "valkey.log", durable=False)
    return postgres, valkey, sockets


def _write_state(home: Path, postgres: Postgres, valkey: Valkey) -> None:
    admin = postgres.url(user=SUPERUSER, database="postgres")
    provision(
        superuser_url=admin,
        database_url=postgres.url(user=SUPERUSER, database=DATABASE),
        template_url=postgres.url(user=SUPERUSER, database="template1"),
    )
    state = {
        "keeper": str(os.getpid()),
        "DATABASE_URL": postgres.url(user=APP, database=DATABASE),
        "DATABASE_OWNER_URL": postgres.url(user=OWNER, database=DATABASE),
        "DATABASE_ADMIN_URL": admin,
        "REDIS_URL": valkey.url,
        "DATA_DIR": str(home),
        "SECRET_KEY": "only-for-tests-and-known-to-everyone-0123456789-abcdefghij",
    }
    with tempfile.NamedTemporaryFile("w", dir=home, delete=False) as draft:
        json.dump(state, draft)
    Path(draft.name).replace(home / "state.json")


def _check_alive(postgres: Postgres, valkey: Valkey) -> None:
    for server in (postgres, valkey):
        if server.process is None or server.process.poll() is not None:
            raise CommandFailed(f"A test server died.\n{last_words(server.log)}")


def _alone(home: Path) -> bool:
    """True, with the state withdrawn, when no run uses the servers and none is starting."""
    with (home / "start.lock").open("wb") as starting, (home / "users.lock").open("wb") as users:
        try:
            fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        (home / "state.json").unlink(missing_ok=True)
        return True
