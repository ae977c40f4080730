"""Whether anything changed since the application was last prepared.

A start with the same code on the same cluster need not migrate, collect or compile again: that
is the difference between two seconds and five.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("crm", "leads", "orders", "payments", "reports", "static", "locale", "templates")
FILES = ("requirements.txt",)
IGNORED = (".pyc", ".mo", ".draft")


def fingerprint(root: Path, *told: str) -> str:
    """A digest over the name, size and time of every file that preparing looks at."""
    digest = hashlib.sha256("\0".join(told).encode())
    for path in sorted(_files(root)):
        status = os.stat(path)
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[str]:
    for name in FILES:
        yield str(root / name)
    for name in FOLDERS:
        for folder, _, files in os.walk(root / name):
            yield from (f"{folder}/{file}" for file in files if not file.endswith(IGNORED))


def is_prepared(mark: Path, wanted: str) -> bool:
    """Whether the last preparation that came to its end saw the same."""
    return mark.exists() and mark.read_text() == wanted
