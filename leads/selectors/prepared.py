"""Statements that the server plans once per connection: for look-ups that happen while typing."""

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


def fetch_prepared(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """All rows. Planning one of these costs ten times what running it does."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    raw: Any = database.connection
    before, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        with psycopg.Cursor(raw) as cursor:
            ready = [_as_array(value) for value in params]
            return cursor.execute(sql, ready, prepare=True).fetchall()
    finally:
        raw.prepare_threshold = before


def _as_array(value: Any) -> Any:
    """Numbers as the server writes an array: psycopg looks at each of them three times."""
    if isinstance(value, list) and all(type(one) is int for one in value):
        return f"{{{','.join(map(str, value))}}}"
    return value
