"""Statements that the server plans once per connection: for look-ups that happen while typing."""

from typing import Any

import psycopg
from django.db import connection


def fetch_prepared(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """All rows. Planning one of these costs ten times what running it does."""
    connection.ensure_connection()
    raw: Any = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        with psycopg.Cursor(raw) as cursor:
            return cursor.execute(sql, params, prepare=True).fetchall()
    finally:
        raw.prepare_threshold = before
