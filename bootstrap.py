#!/usr/bin/env python3
"""The first command on a fresh machine: make the environment, then hand over.

    python3 bootstrap.py run                 the application, with everything it needs
    python3 bootstrap.py exec -- ARGUMENTS   our Python with ARGUMENTS, environment of users
    python3 bootstrap.py dev -- ARGUMENTS    the same with the tools of developers

Needs nothing but the standard library, and Python 3.11 or newer somewhere on PATH.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
OLDEST = (3, 11)
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")
INSTALLER = "requirements-installer.txt"
USERS = "requirements.txt"
DEVELOPERS = "requirements-dev.txt"


def say(text: str) -> None:
    """Tell the person what is going on; standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """End with a message that says what to do."""
    say("\n" + text)
    sys.exit(1)


def find_newer_python() -> None:
    """Go on with a new enough Python when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])  # noqa: S606 - the same script, a newer Python
    fail("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info[:2]))


def stamp_of(requirements: str) -> str:
    """Changes when the locked packages or the Python under the environment change."""
    digest = hashlib.sha256((ROOT / requirements).read_bytes())
    digest.update(os.path.realpath(PYTHON).encode())
    return digest.hexdigest()


def is_installed(requirements: str) -> bool:
    """Whether exactly these packages were installed to the end."""
    stamp = VENV / ("." + requirements + ".stamp")
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == stamp_of(requirements)


def note_installed(requirements: str) -> None:
    """Let the next start skip the work."""
    (VENV / ("." + requirements + ".stamp")).write_text(stamp_of(requirements))


def succeeds(command: list[str]) -> bool:
    """Run a command with its output in the installation's log."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH")}
    environment["VIRTUAL_ENV"] = str(VENV)
    with LOG.open("ab") as log:
        log.write(("\n$ " + " ".join(command) + "\n").encode())
        log.flush()
        code = subprocess.call(  # noqa: S603 - our own commands
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=environment
        )
    return code == 0


def make_venv() -> None:
    """Make the virtual environment; Debian keeps the module for it in a package of its own."""
    if PYTHON.exists() and succeeds([str(PYTHON), "-c", "import pip"]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(parents=True)
    if not succeeds([sys.executable, "-m", "venv", str(VENV)]):
        details = last_words()
        shutil.rmtree(VENV, ignore_errors=True)
        fail(
            "The virtual environment could not be made. On Debian and Ubuntu:"
            " apt-get install python3-venv\n" + details
        )


def has_uv() -> bool:
    """Whether the fast installer is there, or can be had."""
    uv = VENV / "bin" / "uv"
    if uv.exists() and is_installed(INSTALLER):
        return True
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    if succeeds([*command, "--require-hashes", "-r", INSTALLER]):
        note_installed(INSTALLER)
        return True
    return False


def install(requirements: str) -> None:
    """Install the locked packages: uv in seconds, pip if uv cannot be had."""
    options = ["install", "--require-hashes", "-r", requirements]
    if has_uv():
        uv = [str(VENV / "bin" / "uv"), "pip", *options, "--python", str(PYTHON)]
        if succeeds(uv):
            return
        say("  uv failed; trying pip …")
    if not succeeds([str(PYTHON), "-m", "pip", *options, "--no-compile"]):
        fail("The packages could not be installed. Is the network there?\n" + last_words())


def last_words() -> str:
    """The end of the installation's log."""
    if not LOG.exists():
        return ""
    lines = LOG.read_text(errors="replace").splitlines()[-20:]
    return "Last lines of {}:\n  {}".format(LOG, "\n  ".join(lines))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time work on this folder; others wait for it."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def set_up(requirements: str) -> None:
    """Have the packages in place; seconds the first time, nothing after that."""
    wanted = [requirements] if requirements == DEVELOPERS else [USERS, DEVELOPERS]
    if any(is_installed(name) for name in wanted):
        return
    started = time.monotonic()
    with alone():
        if not is_installed(requirements):
            say("Setting up the Python environment (once) …")
            make_venv()
            install(requirements)
            note_installed(requirements)
    say("  ✓ {:<32}{:5.1f} s".format("Python environment", time.monotonic() - started))


def hand_over(arguments: list[str]) -> NoReturn:
    """Become our own Python."""
    os.chdir(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), *arguments])  # noqa: S606 - no shell is wanted


def main(arguments: list[str]) -> None:
    """Set up, then become the command."""
    find_newer_python()
    if os.name != "posix":
        fail("Tongzhou runs on Linux and macOS; on Windows use WSL or docker-compose.yml.")
    if arguments[:1] == ["run"]:
        set_up(USERS)
        hand_over(["-m", "crm.embedded", *arguments])
    if arguments[:1] in (["exec"], ["dev"]):
        set_up(USERS if arguments[0] == "exec" else DEVELOPERS)
        hand_over(arguments[2:] if arguments[1:2] == ["--"] else arguments[1:])
    fail(__doc__ or "")


if __name__ == "__main__":
    main(sys.argv[1:])
