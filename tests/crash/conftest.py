"""An installation as `make run` starts it, to be hit hard."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from crm.embedded.process import is_alive

ROOT = Path(__file__).resolve().parents[2]
# Far beyond what is needed on a quiet machine: other tests run beside these.
PATIENCE = 400.0
START_PATIENCE = 400.0
OWN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "SECRET_KEY")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(
    condition: Callable[[], bool], *, seconds: float = PATIENCE, every: float = 0.1
) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(every)
    return False


@dataclass
class Installation:
    """One data folder and the process that runs it, if it runs."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    listener: threading.Thread | None = None

    def environment(self) -> dict[str, str]:
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port), "DEMO": "0"}
        inherited = {name: value for name, value in os.environ.items() if name not in OWN}
        return {**inherited, "DJANGO_SETTINGS_MODULE": "crm.settings.local", **own}

    def launch(self) -> "Installation":
        """Start without waiting."""
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crm.embedded", "run"],
            cwd=ROOT,
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def start(self) -> "Installation":
        """Wait until it says that it is ready; one that runs already is left alone."""
        if self.runs() and self.answers():
            return self
        self.stop()
        self.launch()
        heard: queue.Queue[str | None] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, args=[heard], daemon=True)
        self.listener.start()
        while (line := heard.get(timeout=START_PATIENCE)) is not None:
            if "is ready" in line:
                return self
        raise AssertionError("".join(self.lines))

    def _listen(self, heard: "queue.Queue[str | None]") -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            heard.put(line)
        self.process.stdout.close()
        heard.put(None)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        """Until it has ended, and all that it said is heard."""
        assert self.process is not None
        code = self.process.wait(PATIENCE)
        if self.listener is not None:
            self.listener.join(PATIENCE)
        return code

    def runs(self) -> bool:
        """Whether its supervisor is there: a killed one's web server answers a little longer."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.runs():
            self.signal(signal.SIGTERM)
            self.wait()

    def processes(self) -> dict[str, int]:
        """The supervisor's children by name; a web or worker process is the first of its kind."""
        assert self.process is not None
        found = {name: pid for pid in children(self.process.pid) if (name := name_of(pid))}
        return {**found, "supervisor": self.process.pid}

    def family(self) -> set[int]:
        """Every process of the installation, at any depth."""
        assert self.process is not None
        members, todo = set(), [self.process.pid]
        while todo:
            pid = todo.pop()
            members.add(pid)
            todo += children(pid)
        return members

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET /health/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """As superuser: to see all tenants."""
        services = json.loads((self.data / "services.json").read_text())
        url = services["DATABASE_ADMIN_URL"].replace("/postgres?", "/tongzhou?")
        return psycopg.connect(url, autocommit=True)

    def run(self, module: str, *words: str) -> str:
        """Run a program of ours; it finds the servers by itself."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, module: str, *words: str) -> Iterator[None]:
        """Run a program of ours beside what follows, and wait for its end."""
        command = [sys.executable, "-m", module, *words]
        with subprocess.Popen(command, cwd=ROOT, env=self.environment()) as program:
            yield
        assert program.returncode == 0


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text().split()]
    return found


def name_of(pid: int) -> str:
    """The program, or which of our commands; nothing for a process that is just gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    program = Path(words[0].partition(" ")[0]).name
    return words[3] if program.startswith("python") else program


def all_gone(pids: set[int]) -> bool:
    return not any(is_alive(pid) for pid in pids)


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all tests: the first start is the slow one. Each leaves it able to start."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    yield made
    made.stop()
