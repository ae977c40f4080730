"""The ring in force in this process: from the environment, or from a file that may change."""

import time
from pathlib import Path
from threading import Lock

from django.conf import settings

from crm.encryption.keys import BadKeys, Keyring, parse

# A key added to the file is in use everywhere this many seconds later.
LOOK_AGAIN = 5.0


def keys_file() -> Path | None:
    """Where the keys are kept; None when the environment holds them."""
    return None if settings.FIELD_KEYS else Path(settings.FIELD_KEYS_FILE)


class _Current:
    """The ring as last read; a file is read again when its size, time or number changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ring: Keyring | None = None
        self._seen: object = None
        self._next_look = 0.0

    def get(self) -> Keyring:
        if self._ring is not None and time.monotonic() < self._next_look:
            return self._ring
        return self.look()

    def look(self) -> Keyring:
        """Read the ring again if its source changed."""
        with self._lock:
            path = keys_file()
            seen: object = _mark(path) if path else settings.FIELD_KEYS
            if self._ring is None or seen != self._seen:
                self._ring, self._seen = parse(_text(path)), seen
            self._next_look = time.monotonic() + LOOK_AGAIN
            return self._ring


def _mark(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        raise BadKeys(MISSING % {"path": path}) from None
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _text(path: Path | None) -> str:
    return path.read_text() if path else str(settings.FIELD_KEYS)


MISSING = (
    "There are no keys for the encrypted columns: %(path)s is missing."
    " Restore it from the backup, or set FIELD_KEYS or FIELD_KEYS_FILE."
)
_current = _Current()


def keyring() -> Keyring:
    """The keys in force; raises BadKeys with what to do when there are none."""
    return _current.get()


def reread() -> Keyring:
    """Look at the source now: a key that this process does not know may just have been added."""
    return _current.look()
