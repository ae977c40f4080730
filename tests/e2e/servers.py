"""The processes of an installation on a database of their own: what `make run` starts, watched."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from crm.embedded.process import kill_group, last_words, spawn, stop

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
OWNERS = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """Poll until it is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@dataclass
class Installation:
    """Web, worker and scheduler with their folder; each may be stopped and started by itself."""

    home: Path
    database_url: str
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, kind: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OWNERS}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "crm.settings.local",
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.home),
            "FIELD_KEYS": settings.FIELD_KEYS,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PROCESS_KIND": kind,
            "PYTHONUNBUFFERED": "1",
            "WORKER_PROCESSES": "1",
            "ONLY_WORKER": "1",
            "DEMO": "0",
        }

    def log(self, kind: str) -> Path:
        return self.home / "logs" / f"{kind}.log"

    def start(self, kind: str) -> None:
        """Start one process with the entry command of production."""
        command = [sys.executable, "-m", "crm.embedded", kind]
        environment = self.environment(kind)
        self.processes[kind] = spawn(command, log=self.log(kind), env=environment, cwd=ROOT)

    def stop(self, kind: str) -> None:
        """Ask it to end, and wait until it has."""
        process = self.processes.pop(kind, None)
        if process is not None:
            stop(process)

    def close(self) -> None:
        for kind in ("web", "beat", "worker"):
            with suppress(ProcessLookupError):
                self.stop(kind)
        for process in self.processes.values():
            kill_group(process)

    def answers(self) -> bool:
        if self.processes["web"].poll() is not None:
            raise AssertionError(last_words(self.log("web")))
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as caller:
            caller.sendall(b"GET /health/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in caller.recv(64)
        return False

    def wait_for_web(self) -> None:
        assert eventually(self.answers), last_words(self.log("web"))

    def wait_for_worker(self) -> None:
        """Ready once its log says so."""
        assert eventually(lambda: "ready." in self.said("worker")), last_words(self.log("worker"))

    def said(self, kind: str) -> str:
        return self.log(kind).read_text(errors="replace") if self.log(kind).exists() else ""

    def run(self, *words: str, **details: object) -> object:
        """Do something behind the scenes, inside the installation's own settings."""
        command = [sys.executable, "-m", "tests.e2e.backstage", *words, json.dumps(details)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment("shell"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def clear(self) -> None:
        """Logs and files of an earlier run do not belong to this one."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
