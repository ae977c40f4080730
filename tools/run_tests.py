"""`make test`: servers, browser and font first, then pytest."""

import os
import subprocess
import sys
from pathlib import Path

from crm.embedded.testing import ensure_services
from tools.browser import NoBrowser, ensure_browser, font_environment

ROOT = Path(__file__).resolve().parents[1]
# Each folder of whole installations is one piece of work and goes first; then whoever is free takes
# the next single test (tests/support/scheduling.py).
SIDE_BY_SIDE = ("-n", "2")


def main(arguments: list[str]) -> int:
    """Run the tests, whole installations first; the exit code is pytest's."""
    try:
        os.environ["CHROMIUM"] = ensure_browser()
    except NoBrowser as reason:
        print(reason, file=sys.stderr)
        return 1
    os.environ.update(ensure_services())
    os.environ.update(font_environment(Path(os.environ.get("DATA_DIR", ROOT / "var"))))
    command = [sys.executable, "-m", "pytest", *(arguments or SIDE_BY_SIDE)]
    return subprocess.call(command, cwd=ROOT)  # noqa: S603 - the developer's own arguments


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
