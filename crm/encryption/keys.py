"""The keys of one installation: how they are written, made and read. No Django here.

One line (or comma-separated part) per key, `name:key`, the newest first; `index` is the key of
the blind indexes and stays when the others are rotated. A key is 32 random bytes in base64.
"""

import base64
import binascii
import contextlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

INDEX = "index"
KEY_BYTES = 32
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
HEADING = "# Keys of the encrypted columns, newest first. Without them the data cannot be read."


class BadKeys(ValueError):
    """The keys are missing or not written as they must be; the message never holds a key."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """All keys in force: the first one encrypts, every one decrypts."""

    keys: Mapping[str, bytes]
    index: bytes

    @property
    def newest(self) -> str:
        """The name of the key that new values are encrypted with."""
        return next(iter(self.keys))

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self.keys)}>"


def parse(text: str) -> Keyring:
    """Read a ring; raises BadKeys naming the line, never its content."""
    keys: dict[str, bytes] = {}
    for number, line in enumerate(_lines(text), start=1):
        name, _, encoded = line.partition(":")
        if not NAME.fullmatch(name) or name in keys:
            raise BadKeys(f"Key {number}: a name of its own is needed before the colon.")
        keys[name] = _decoded(encoded, number)
    index = keys.pop(INDEX, None)
    if index is None or not keys:
        raise BadKeys("At least one named key and the key named “index” are needed.")
    return Keyring(keys=keys, index=index)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield from (part.strip() for part in line.split(",") if part.strip())


def _decoded(encoded: str, number: int) -> bytes:
    try:
        key = base64.urlsafe_b64decode(encoded.strip().replace("+", "-").replace("/", "_"))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKeys(f"Key {number}: 32 bytes in base64 are needed.")
    return key


def fresh_line(name: str) -> str:
    """A new key under this name, ready to be put into the file."""
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def fresh_name(taken: Mapping[str, bytes]) -> str:
    """Today's date, with a letter when today has made one before."""
    today = datetime.now(tz=UTC).strftime("k%Y%m%d")
    names = [today, *(f"{today}-{number}" for number in range(2, 1_000))]
    return next(name for name in names if name not in taken)


def make_file(path: Path) -> None:
    """Write the first keys, once, readable by us only; an existing file stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "\n".join([HEADING, fresh_line(fresh_name({})), fresh_line(INDEX), ""])
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)


def add_to_file(path: Path) -> str:
    """Put a new key before the others; returns its name."""
    text = path.read_text()
    name = fresh_name(parse(text).keys)
    lines = text.splitlines()
    comments = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    _replace(path, [*lines[:comments], fresh_line(name), *lines[comments:]])
    return name


def drop_from_file(path: Path, names: set[str]) -> None:
    """Take keys out that nothing is encrypted with any more."""
    lines = path.read_text().splitlines()
    _replace(path, [line for line in lines if line.partition(":")[0].strip() not in names])


def _replace(path: Path, lines: list[str]) -> None:
    """All or nothing: a reader sees the old file or the new one."""
    text = "\n".join([*lines, ""])
    parse(text)
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
