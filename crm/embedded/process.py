"""Child processes that end with their parent and write to a log of their own."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 10 * 1024 * 1024


class CommandFailed(Exception):
    """A step of the start failed; the message carries the last lines of its log."""


@dataclass(frozen=True)
class Account:
    """As whom a program runs: a command in front of it, or another user."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


MYSELF = Account()


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Have the kernel signal this process when its parent dies, even by kill -9."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def _before_exec(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(log.suffix + ".1"))


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: Account = MYSELF,
    cwd: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    pipe: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in its own session, its output appended to the log.

    With `pipe` the caller reads standard output, and the log gets the errors.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    _rotate(log)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command lines, never a person's input
            [*account.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else output,
            stderr=output,
            env=None if env is None else dict(env),
            cwd=Path("/") if account.uid is not None else cwd,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            start_new_session=True,
            preexec_fn=_before_exec(death_signal),
        )


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: Account = MYSELF,
) -> None:
    """Run a program to its end, and raise with its last words when it fails."""
    process = spawn(command, log=log, env=env, account=account, death_signal=signal.SIGKILL)
    try:
        code = process.wait()
    except BaseException:
        kill_group(process)
        raise
    if code:
        name = Path(str(command[0])).name
        raise CommandFailed(f"{name} failed with code {code}.\n{last_words(log)}")


def succeeds(command: Sequence[str | Path], *, account: Account = MYSELF) -> bool:
    """Whether a short probe ends with code 0."""
    try:
        process = spawn(command, log=Path(os.devnull), account=account)
    except OSError:
        return False
    return process.wait() == 0


def stop(
    process: subprocess.Popen[bytes],
    *,
    with_signal: signal.Signals = signal.SIGTERM,
    patience: float = 10.0,
) -> None:
    """Ask a program to end; after the patience its whole session is killed."""
    ask(process, with_signal=with_signal)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    kill_group(process)


def ask(process: subprocess.Popen[bytes], *, with_signal: signal.Signals) -> None:
    """Send a signal to a program that may already be gone."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(with_signal)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of a program's session behind, its orphaned children included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Ended, but nobody has asked for its exit code yet."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Poll a condition; False when the time ran out first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def last_words(log: Path, *, lines: int = 20) -> str:
    """The end of a log, introduced by where to find the rest."""
    if not log.is_file():
        return f"(no log at {log})"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        tail = file.read().decode("utf-8", "replace").splitlines()[-lines:]
    return "\n".join([f"Last lines of {log}:", *(f"  {line}" for line in tail)])
