"""One PostgreSQL cluster as a child process, reachable through a private unix socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from crm.embedded.account import choose_account, give, reachable_binaries, reachable_data
from crm.embedded.names import SUPERUSER
from crm.embedded.process import (
    MYSELF,
    Account,
    CommandFailed,
    is_alive,
    last_words,
    run,
    spawn,
    stop,
    wait_until,
)

# Chinese has no trigrams and no letters under LC_CTYPE=C: the locale is never left to chance.
INITDB = ("--locale=C.UTF-8", "-E", "UTF8", "--auth=trust", f"--username={SUPERUSER}")
SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    # neither the row that breaks a rule nor the statement with its values
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "io_method": "sync",
}
THROW_AWAY = {
    "shared_buffers": "512MB",  # as in docker-compose.yml: benchmarks hold a million records
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
}
START_LIMIT = 600.0
QUIET_START = 5.0


def socket_url(*, user: str, database: str, folder: Path) -> str:
    """How psycopg and Django reach a database behind the socket."""
    return f"postgresql://{user}@/{database}?host={quote(str(folder), safe='/')}"


@dataclass
class Postgres:
    """A cluster in a folder; `durable=False` trades safety for speed (tests only)."""

    home: Path
    sockets: Path
    log: Path
    durable: bool = True
    tell: Callable[[str], None] = print
    fresh: bool = False
    process: subprocess.Popen[bytes] | None = None
    account: Account = field(default=MYSELF)

    def start(self) -> None:
        """Initialise the cluster if it is new, then start it and wait until it answers."""
        self.account = choose_account()
        self.data = reachable_data(self.account, self.home)
        self.bin = reachable_binaries(self.account, self.home)
        self.folder = self._socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_remains()
        for attempt in range(5):
            if self._start_once():
                return
            if "still in use" not in last_words(self.log):
                break
            time.sleep(attempt + 1)
        raise CommandFailed(f"PostgreSQL did not start.\n{last_words(self.log)}")

    def stop(self, *, fast: bool = True) -> None:
        """Shut down cleanly; open connections are ended."""
        if self.process is not None:
            ending = signal.SIGINT if fast else signal.SIGQUIT
            stop(self.process, with_signal=ending, patience=30)
        self.process = None

    def url(self, *, user: str, database: str) -> str:
        """The address of a database of this cluster."""
        return socket_url(user=user, database=database, folder=self.folder)

    def _socket_folder(self) -> Path:
        folder = self.sockets / "pg"
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account.uid is not None:
            self.sockets.chmod(0o711)
        give(folder, self.account)
        return folder

    def _initialise(self) -> None:
        """Make the cluster in a draft folder, so that an interrupted start leaves no half."""
        draft = self.data / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        give(draft, self.account)
        options = [*INITDB, "--no-sync"] if not self.durable else [*INITDB]
        run(
            [self.bin / "initdb", *options, "-D", draft],
            log=self.log,
            env=self._environment(),
            account=self.account,
        )
        # PG_VERSION goes last: it is the sign of a whole cluster.
        for path in sorted(draft.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            _replace(path, self.data / path.name)
        draft.rmdir()
        self.fresh = True

    def _start_once(self) -> bool:
        settings = {**SETTINGS, **({} if self.durable else THROW_AWAY)}
        settings["unix_socket_directories"] = str(self.folder)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = spawn(
            [self.bin / "postgres", "-D", self.data, *options],
            log=self.log,
            env=self._environment(),
            account=self.account,
            death_signal=signal.SIGINT,
        )
        self.process = process

        def settled() -> bool:
            return self._is_ready() or process.poll() is not None

        if not wait_until(settled, seconds=QUIET_START):
            self.tell("PostgreSQL is recovering from an interrupted run …")
            wait_until(settled, seconds=START_LIMIT)
        return process.poll() is None and self._is_ready()

    def _is_ready(self) -> bool:
        """The last line of the pid file says ready, as pg_ctl reads it too."""
        lines = self._pid_file()
        return (
            len(lines) >= 8
            and lines[7].strip() == "ready"
            and self.process is not None
            and lines[0] == str(self.process.pid)
        )

    def _pid_file(self) -> list[str]:
        with contextlib.suppress(OSError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _clear_remains(self) -> None:
        """End an orphaned server of this folder; forget one whose number is reused."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        if pid and is_alive(pid) and _serves(pid, self.data):
            os.kill(pid, signal.SIGINT)
            if not wait_until(lambda: not is_alive(pid), seconds=30):
                os.kill(pid, signal.SIGQUIT)
                wait_until(lambda: not is_alive(pid), seconds=10)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for path in self.folder.iterdir():
            path.unlink()

    @staticmethod
    def _environment() -> dict[str, str]:
        """Nothing of the caller's PG* variables or locale may reach the server."""
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _replace(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a PostgreSQL on this very folder."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return str(data).encode() in words
    listing = subprocess.run(  # noqa: S603 - the pid is a number
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
    )
    return str(data).encode() in listing.stdout
