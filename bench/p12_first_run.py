"""P12: from nothing to the first page, from stopped to the first page, and memory at rest."""

import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import harness
from bench.harness import Figure, Options

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "*.mo", "node_modules"
)
REST = 10.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, port: int) -> dict[str, str]:
    """Nothing of ours is left: empty download caches, own data, no running servers."""
    drop = re.compile(r"DATABASE_|REDIS_URL|DATA_DIR|SECRET_KEY|DJANGO_|VIRTUAL_ENV|MAKE")
    kept = {name: value for name, value in os.environ.items() if not drop.match(name)}
    return {
        **kept,
        "PORT": str(port),
        "UV_CACHE_DIR": str(home / "uv"),
        "PIP_CACHE_DIR": str(home / "pip"),
        "PYTHON": sys.executable if sys.prefix == sys.base_prefix else "python3",
    }


def page(port: int) -> bytes:
    """The sign-in page."""
    address = f"http://127.0.0.1:{port}/accounts/login/"
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
        return bytes(answer.read())


@contextmanager
def running(project: Path, home: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """`make run` until its first page, with the seconds that took."""
    started = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=project,
        env=environment(home, port),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process, wait_for_page(process, port) - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def wait_for_page(process: subprocess.Popen[str], port: int) -> float:
    """When the first page came, checked to be one."""
    while process.poll() is None:
        try:
            assert b"</html>" in page(port)
            return time.perf_counter()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(process.communicate()[0])


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    members = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            members += family(int(child))
    return members


def memory(pids: Sequence[int]) -> dict[str, float]:
    """Megabytes: shared pages once (pss), and counted in every process (rss)."""
    total = {"pss": 0.0, "rss": 0.0}
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        for name in total:
            found = re.search(rf"^{name}:\s+(\d+)", text, re.IGNORECASE | re.MULTILINE)
            total[name] += int(found[1]) / 1024 if found else 0
    return total


def processor_seconds() -> float:
    """Work done by all processes that ended: it hardly changes with the machine's load."""
    times = os.times()
    return times.children_user + times.children_system


def measure(options: Options) -> list[Figure]:
    """One cold start, then restarts; memory after a page and some seconds of rest."""
    with tempfile.TemporaryDirectory(prefix="p12-") as folder:
        home, project, port = Path(folder), Path(folder) / "project", free_port()
        shutil.copytree(ROOT, project, ignore=LEFT_OUT)
        before = processor_seconds()
        with running(project, home, port) as (_, first):
            pass
        work = {"processor seconds": processor_seconds() - before, "load": os.getloadavg()[0]}
        restarts = []
        before = processor_seconds()
        for _ in range(options.rounds):
            with running(project, home, port) as (process, seconds):
                restarts.append(seconds)
        again = {"worst": max(restarts)}
        again["processor seconds"] = (processor_seconds() - before) / options.rounds
        with running(project, home, port) as (process, _):
            time.sleep(REST)
            used = memory(family(process.pid))
    restart = statistics.median(restarts)
    rest = {"rss": used["rss"]}
    return [
        Figure("first page, nothing installed, cold caches", first, "s", 60, "low", work),
        Figure("first page after a restart", restart, "s", 5, "low", again),
        Figure("memory at rest, all processes", used["pss"], "MB", 450, "low", rest),
    ]


if __name__ == "__main__":
    harness.main("P12", "First run, restart, memory", measure)
