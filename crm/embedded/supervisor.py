"""`make run`: start everything, watch over it, end all of it."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from crm.embedded import environment
from crm.embedded.environment import ROOT, Place
from crm.embedded.fingerprint import fingerprint, is_prepared
from crm.embedded.names import APP, DATABASE, OWNER, SUPERUSER
from crm.embedded.postgres import Postgres
from crm.embedded.process import (
    CommandFailed,
    ask,
    die_with_parent,
    kill_group,
    last_words,
    spawn,
    stop,
    wait_until,
)
from crm.embedded.sockets import remove_socket_folder, socket_folder
from crm.embedded.valkey import Valkey

BACKGROUND = ("worker", "beat")
APPLICATION = ("web", *BACKGROUND)
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WEB_START_LIMIT = 180.0
WORKER_PATIENCE = 10.0
MEMORY_OF_FAULTS = 300.0
LONGEST_PAUSE = 30.0


class Stopped(BaseException):
    """Somebody asked us to end."""


def tell(text: str) -> None:
    """Say something on the terminal, if there still is one."""
    with suppress(OSError):
        print(text, flush=True)


@dataclass
class Watched:
    """A process that is started again when it dies, later and later."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    faults: list[float] = field(default_factory=list)
    due: float = 0.0

    def look(self) -> None:
        """Notice a death, or start again when the pause is over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            kill_group(self.process)
            self.process = None
            self.due = now + self._pause(now)
            tell(f"  {self.name} ended ({code}); starting it again. See {self.log}")
        elif now >= self.due:
            self._start_again(now)

    def _start_again(self, now: float) -> None:
        try:
            self.process = self.start()
        except CommandFailed as error:
            self.due = now + self._pause(now)
            tell(f"  {self.name}: {error}")

    def _pause(self, now: float) -> float:
        self.faults = [then for then in self.faults if now - then < MEMORY_OF_FAULTS] + [now]
        return min(LONGEST_PAUSE, 0.25 * 2.0 ** (len(self.faults) - 1))


class Supervisor:
    """One installation on one machine."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.services: dict[str, str] = {}
        self.watched: list[Watched] = []
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.sockets: Path | None = None
        self.ready = False

    def run(self) -> int:
        """Everything, from the first check to the last process; the exit code."""
        for ending in ENDING:
            signal.signal(ending, _raise_stopped)
        try:
            with ExitStack() as stack:
                self.place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
                was_killed = stack.enter_context(alone(self.place))
                # What a killed run left needs a moment to end and give the port back.
                environment.check_port(self.place, patience=10 if was_killed else 0)
                stack.callback(self._shut_down)
                self._start()
                return self._watch()
        except Stopped:
            tell("Stopped.")
            return 0
        except CommandFailed as error:
            tell(f"\n{error}")
            return 1

    def _start(self) -> None:
        started = time.monotonic()
        self._start_services()
        self._prepare_if_changed()
        environment.remember(self.place, self.services)
        serving = time.monotonic()
        # The web server first: whoever waits, waits for it, and two cores are soon shared out.
        self._watch_over("web")
        self._wait_for_web()
        _told("Web server", started=serving)
        for name in BACKGROUND:
            self._watch_over(name)
        self.ready = True
        self._show_summary(time.monotonic() - started)

    def _start_services(self) -> None:
        if not (self.place.database_url and self.place.redis_url):
            self.sockets = socket_folder(self.place.data)
        self.services = {**self._database(), **self._broker()}

    def _database(self) -> dict[str, str]:
        if self.place.database_url and self.place.owner_url:
            return {
                "DATABASE_URL": self.place.database_url,
                "DATABASE_OWNER_URL": self.place.owner_url,
            }
        if self.place.database_url:
            return self._adopted_database()
        started = time.monotonic()
        log = self.place.logs / "postgres.log"
        self.postgres = Postgres(self.place.data / "postgres", self._room(), log, tell=tell)
        self.postgres.start()
        _told("PostgreSQL", started=started)
        return {
            "DATABASE_URL": self.postgres.url(user=APP, database=DATABASE),
            "DATABASE_OWNER_URL": self.postgres.url(user=OWNER, database=DATABASE),
            "DATABASE_ADMIN_URL": self.postgres.url(user=SUPERUSER, database="postgres"),
        }

    def _adopted_database(self) -> dict[str, str]:
        from crm.embedded import external  # noqa: PLC0415  (the driver is heavy and rarely needed)

        try:
            return external.adopt(url=self.place.database_url, data=self.place.data)
        except Exception as error:
            raise CommandFailed(f"The database at DATABASE_URL: {error}") from error

    def _broker(self) -> dict[str, str]:
        if self.place.redis_url:
            return {"REDIS_URL": self.place.redis_url}
        started = time.monotonic()
        log = self.place.logs / "valkey.log"
        valkey = Valkey(self.place.data / "valkey", self._room(), log)
        self.valkey = valkey
        first = Watched("Valkey", lambda: _started(valkey), log)
        first.process = first.start()
        self.watched.append(first)
        _told("Valkey", started=started)
        return {"REDIS_URL": valkey.url}

    def _room(self) -> Path:
        assert self.sockets is not None  # noqa: S101 - made before any embedded service
        return self.sockets

    def _environment(self, kind: str) -> dict[str, str]:
        return environment.child_environment(self.place, self.services, kind=kind)

    def _prepare_if_changed(self) -> None:
        """Prepare, unless the same code already prepared this very cluster."""
        if self.postgres is None:
            self._prepare()
            return
        mark = self.postgres.data / "tongzhou-prepared"
        wanted = fingerprint(ROOT, str(self.place.data), os.environ.get("DEMO", ""))
        if not is_prepared(mark, wanted):
            mark.unlink(missing_ok=True)
            self._prepare()
            mark.write_text(wanted)

    def _prepare(self) -> None:
        """Show each step of the preparing process as it is done."""
        log = self.place.logs / "prepare.log"
        log.unlink(missing_ok=True)
        process = spawn(
            entry("prepare"),
            log=log,
            env=self._environment("prepare"),
            cwd=ROOT,
            death_signal=signal.SIGKILL,
            pipe=True,
        )
        try:
            for line in process.stdout or ():
                _show_step(line.decode())
            code = process.wait()
        except BaseException:
            kill_group(process)
            raise
        if code:
            raise CommandFailed(f"Preparing the application failed.\n{last_words(log)}")

    def _watch_over(self, name: str) -> None:
        log = self.place.logs / f"{name}.log"
        # a worker that is still starting hears nothing else; its jobs are taken up again anyway
        ending = signal.SIGKILL if name == "worker" else signal.SIGTERM

        def start() -> subprocess.Popen[bytes]:
            told = self._environment(name)
            return spawn(entry(name), log=log, env=told, cwd=ROOT, death_signal=ending)

        watched = Watched(name, start, log)
        watched.process = start()
        self.watched.append(watched)

    def _wait_for_web(self) -> None:
        web = next(watched for watched in self.watched if watched.name == "web")

        def settled() -> bool:
            gone = web.process is None or web.process.poll() is not None
            return gone or answers(self.place)

        wait_until(settled, seconds=WEB_START_LIMIT, every=0.1)
        if not answers(self.place):
            raise CommandFailed(f"The web server did not answer.\n{last_words(web.log)}")

    def _show_summary(self, seconds: float) -> None:
        tell(f"\n同舟 Tongzhou is ready ({seconds:.1f} s).\n")
        tell(f"  Address   {self.place.address}")
        path = self.place.data / "demo-logins.json"
        logins: list[str] = json.loads(path.read_text()) if path.exists() else []
        for number, login in enumerate(logins):
            tell(f"  {'Logins' if number == 0 else '':<9} {login}")
        tell(f"  Data      {self.place.data}")
        tell(f"  Logs      {self.place.logs}")
        tell("  Stop      Ctrl-C\n")

    def _watch(self) -> int:
        """Start again what dies; without PostgreSQL nothing can go on."""
        while True:
            time.sleep(0.25)
            for watched in self.watched:
                watched.look()
            if self.postgres and self.postgres.process and self.postgres.process.poll() is not None:
                raise CommandFailed(
                    "PostgreSQL ended; the next start will recover."
                    f"\n{last_words(self.place.logs / 'postgres.log')}"
                )

    def _shut_down(self) -> None:
        """End all at once what serves people, then what serves the processes."""
        for ending in ENDING:
            signal.signal(ending, signal.SIG_IGN)
        tell("\nStopping …" if self.ready else "")
        application = [watched for watched in self.watched if watched.name != "Valkey"]
        running = [watched.process for watched in application if watched.process is not None]
        for process in running:
            ask(process, with_signal=signal.SIGTERM)
        deadline = time.monotonic() + WORKER_PATIENCE
        for process in running:
            stop(process, patience=max(0.1, deadline - time.monotonic()))
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        environment.forget(self.place)
        if self.sockets:
            remove_socket_folder(self.sockets)


def entry(name: str) -> list[str]:
    """The entry command of a process; the containers use the same."""
    return [sys.executable, "-m", "crm.embedded", name]


@contextmanager
def alone(place: Place) -> Iterator[bool]:
    """Hold the data folder, and tell whether its last holder was killed.

    Two installations in one folder would destroy it.
    """
    path = place.data / "lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandFailed(_who_holds(lock, place)) from error
        lock.seek(0)
        was_killed = bool(lock.read())
        lock.truncate(0)
        lock.write(f"{os.getpid()} {place.address}")
        lock.flush()
        try:
            yield was_killed
        finally:
            lock.truncate(0)


def _who_holds(lock: IO[str], place: Place) -> str:
    lock.seek(0)
    pid, _, address = lock.read().partition(" ")
    return (
        f"Tongzhou already runs with {place.data} (process {pid or '?'}, {address})."
        "\nStop it first (make stop), or choose another DATA_DIR and PORT."
    )


def stop_running(place: Place) -> int:
    """Ask the installation that holds the folder to end, and wait for it."""
    with suppress(OSError), (place.data / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            os.kill(int(lock.read().split()[0]), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
            tell("Stopped.")
            return 0
    tell(f"Nothing runs with {place.data}.")
    return 0


def answers(place: Place) -> bool:
    """Whether the web process gives any answer."""
    host = "127.0.0.1" if place.host in {"0.0.0.0", ""} else place.host  # noqa: S104
    with suppress(OSError), socket.create_connection((host, place.port), timeout=5) as connection:
        connection.sendall(b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return connection.recv(16).startswith(b"HTTP/1.1 ")
    return False


def _started(valkey: Valkey) -> subprocess.Popen[bytes]:
    valkey.start()
    assert valkey.process is not None  # noqa: S101 - start raises otherwise
    return valkey.process


def _told(title: str, *, started: float) -> None:
    tell(f"  ✓ {title:<32}{time.monotonic() - started:5.1f} s")


def _show_step(line: str) -> None:
    title, _, seconds = line.strip().partition("\t")
    tell(f"  ✓ {title:<32}{seconds:>5} s")


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


def run(*, with_parent: bool) -> int:
    """Run the installation that the environment describes."""
    if with_parent:
        die_with_parent(signal.SIGTERM, os.getppid())
    try:
        place = environment.read_place()
    except CommandFailed as error:
        tell(str(error))
        return 2
    return Supervisor(place).run()
