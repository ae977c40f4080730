"""`make bench`: every bench/p*.py in a process of its own; ARGS="p1 p9 --json --rows 10000"."""

import os
import subprocess
import sys
from pathlib import Path

from crm.embedded.testing import ensure_services

FOLDER = Path(__file__).resolve().parent


def chosen(words: list[str]) -> list[str]:
    """The benchmarks that the words name by code (p1), or all of them in order."""
    found = {path.stem: path.stem.partition("_")[0] for path in FOLDER.glob("p*_*.py")}
    order = sorted(found, key=lambda stem: int(found[stem][1:]))
    return [stem for stem in order if not words or found[stem] in words or stem in words]


def main(arguments: list[str]) -> int:
    """Run the benchmarks one after another: together they would measure each other."""
    words = []
    while arguments and not arguments[0].startswith("-"):
        words.append(arguments.pop(0).lower())
    os.environ.update(ensure_services())
    failed = []
    for stem in chosen(words):
        command = [sys.executable, "-m", f"bench.{stem}", *arguments]
        if subprocess.call(command, cwd=FOLDER.parent):
            failed.append(stem)
    if failed:
        print(f"Did not finish: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
