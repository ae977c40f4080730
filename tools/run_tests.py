"""`make test`: servers, browser and font first, then pytest."""

import os
import subprocess
import sys
from pathlib import Path

from crm.embedded.testing import ensure_services
from tools.browser import NoBrowser, ensure_browser, font_environment

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("tests/e2e", "tests/crash")


def main(arguments: list[str]) -> int:
    """Run the tests, those of whole installations last; the exit code is pytest's."""
    try:
        os.environ["CHROMIUM"] = ensure_browser()
    except NoBrowser as reason:
        print(reason, file=sys.stderr)
        return 1
    os.environ.update(ensure_services())
    os.environ.update(font_environment(Path(os.environ.get("DATA_DIR", ROOT / "var"))))
    command = [sys.executable, "-m", "pytest"]
    if arguments:
        return subprocess.call([*command, *arguments], cwd=ROOT)  # noqa: S603 - the developer's own
    # Whole installations share the test broker and the cores: one after the other, by themselves.
    apart = [f"--ignore={folder}" for folder in WHOLE]
    first = subprocess.call([*command, "-n", "2", *apart], cwd=ROOT)  # noqa: S603 - our own
    second = subprocess.call([*command, *WHOLE], cwd=ROOT)  # noqa: S603 - our own
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
