"""A part of a file, read and normalised as plain bytes: no database, so any process can do it.

The rows come back as they will be stored, but for what the search finds.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from crm.tabular import Row
from leads.identity.plain import dumps, loads
from leads.identity.seeking import sought_keys
from leads.services.imports_asked import Asked, telling_keys
from leads.services.imports_rows import Reading, read_row

# As JSON, the row without what it meets, and whom to look for; of a faulty row nobody.
Read = tuple[int, str, Asked | None]
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def order(columns: Sequence[tuple[int, str]], rows: Iterable[Row]) -> bytes:
    """The task: these rows, whose columns are known."""
    return dumps((list(columns), [tuple(row) for row in rows]))


def read(task: bytes) -> bytes:
    """The answer: every row normalised."""
    columns, rows = loads(task)
    return dumps([_told(read_row(Row(*row), columns)) for row in rows])


def answered(answer: bytes) -> Iterator[Read]:
    """The rows of an answer."""
    for number, document, asked in loads(answer):
        yield number, document, Asked(number, *asked) if asked else None


STEPS: tuple[Callable[[bytes], bytes], ...] = (read,)


def forget_names() -> None:
    """Names come again: in the same file, and among those that the search compares."""


def _told(reading: Reading) -> tuple[int, str, tuple[Any, ...] | None]:
    document = _as_json(
        {
            "number": reading.row.number,
            "cells": reading.row.cells,
            "fields": reading.fields,
            "keys": list(reading.hashes.values()),
            "kinds": [key.kind for key in reading.hashes],
            "problems": reading.problems,
        }
    )
    return reading.row.number, document, None if reading.problems else _asked(reading)


def _asked(reading: Reading) -> tuple[Any, ...]:
    keys = reading.hashes
    sought = [
        (keys.get(one.key) or one.key.hash64, one.worth, one.is_enough)
        for one in sought_keys(reading.profile, reading.sure)
    ]
    names, *rest = reading.profile
    profile = dumps((tuple(map(tuple, names)), *rest))
    return profile, sought, telling_keys(keys.values(), (key.kind for key in keys))
