"""Write the locked package lists: exact versions and hashes, and no registry's address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LISTS = ("requirements-installer", "requirements", "requirements-dev")


def compile_list(name: str) -> int:
    """Resolve one list for every Python and platform we support."""
    uv = Path(sys.executable).parent / "uv"
    options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
    command = [str(uv), "pip", "compile", f"{name}.in", "-o", f"{name}.txt", *options]
    return subprocess.call([*command, "--python-version", "3.11", "--upgrade"], cwd=ROOT)  # noqa: S603 - our own command


def main() -> int:
    """Resolve the lists in order: the developers' is bound by the users'."""
    return max(compile_list(name) for name in LISTS)


if __name__ == "__main__":
    sys.exit(main())
