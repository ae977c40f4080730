"""`make check`: every rule about the code that needs no running application.

All steps run even when one fails; two at a time, because that is how many cores there are.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from crm.embedded.testing import ensure_services

ROOT = Path(__file__).resolve().parents[1]
CODE = ("crm", "leads", "orders", "payments", "reports", "tools", "bootstrap.py", "manage.py")
SHOWN = 40
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "crm.settings.production",
    "SECRET_KEY": "a-stand-in-long-enough-for-the-deployment-check-0123456789-abcdefghijklmnop",
    "FIELD_KEYS": f"a-stand-in:{'A' * 43}=,index:{'A' * 43}=",
    "ALLOWED_HOSTS": "crm.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://crm.example.com",
}


@dataclass(frozen=True)
class Step:
    """One rule book: its name, its command, and what it is told."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] | None = None


@dataclass(frozen=True)
class Result:
    """How a step ended, and all that it said."""

    step: Step
    code: int
    output: str
    seconds: float


def module(*words: str) -> list[str]:
    """A command run by our own Python."""
    return [sys.executable, "-m", *words]


def manage(*words: str) -> list[str]:
    """One of Django's commands."""
    return [sys.executable, "manage.py", *words]


STEPS = [
    Step("types", module("mypy", *CODE)),
    Step("format", module("ruff", "format", "--check", "--output-format=concise", ".")),
    Step("lint", module("ruff", "check", "--output-format=concise", ".")),
    Step("imports", [str(Path(sys.executable).parent / "lint-imports")]),
    Step("migrations", manage("makemigrations", "--check", "--dry-run")),
    Step("translations", manage("messages", "--check")),
    Step("deployment", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Step("template lint", module("djlint", "--lint", "--quiet", "templates")),
]


def run(step: Step) -> Result:
    """Run one step to its end."""
    started = time.monotonic()
    done = subprocess.run(  # noqa: S603 - the commands above
        step.command,
        cwd=ROOT,
        env={**os.environ, **(step.environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(step, done.returncode, done.stdout, time.monotonic() - started)


def report(result: Result) -> None:
    """A line for what went well; what did not shows its beginning and where to read the rest."""
    sign = "✗" if result.code else "✓"
    print(f"  {sign} {result.step.name:<18}{result.seconds:6.1f} s", flush=True)
    if not result.code:
        return
    lines = result.output.splitlines()
    print("\n".join(f"      {line}" for line in lines[:SHOWN]), flush=True)
    if len(lines) > SHOWN:
        log = (
            Path(os.environ["DATA_DIR"])
            / "logs"
            / f"check-{result.step.name.replace(' ', '-')}.log"
        )
        log.write_text(result.output)
        print(f"      … {len(lines) - SHOWN} more lines in {log}", flush=True)


def main(names: list[str]) -> int:
    """Run the named steps, or all."""
    os.environ.update(ensure_services())
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings.test"
    steps = [step for step in STEPS if not names or step.name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = []
        for result in pool.map(run, steps):
            report(result)
            results.append(result)
    failed = [result.step.name for result in results if result.code]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
