"""Statements that the server plans once per connection: for look-ups that happen while typing.

They are handed to the client library (`psycopg.pq`) directly: a cursor of psycopg's looks at each
value and at the state of the connection anew, which costs more than these statements themselves.
"""

from functools import cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import Transformer
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

# What each connection has planned; one that was opened anew knows nothing.
_planned: WeakKeyDictionary[psycopg.Connection[Any], set[bytes]] = WeakKeyDictionary()


def fetch_prepared(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """All rows. Planning one of these costs ten times what running it does.

    The values stand in the statement as %s, each with its type (`%s::bigint[]`): numbers, plain
    words, and lists of them.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    raw: psycopg.Connection[Any] = database.connection
    name, numbered = _statement(sql)
    values = [_as_text(value) for value in params]
    with database.wrap_database_errors:
        if raw.pgconn.transaction_status == TransactionStatus.IDLE and not raw.autocommit:
            raw.execute("SELECT")  # begins the transaction that Django has promised
        if name not in _planned.setdefault(raw, set()):
            _checked(raw.pgconn.prepare(name, numbered))
            _planned[raw].add(name)
        result = _checked(raw.pgconn.exec_prepared(name, values))
    if database.queries_logged:  # whoever counts a page's queries counts these too
        database.queries_log.append({"sql": sql, "time": "0"})
    if not result.ntuples:
        return []
    reading = Transformer(raw)
    reading.set_pgresult(result)
    return reading.load_rows(0, result.ntuples, tuple)


@cache
def _statement(sql: str) -> tuple[bytes, bytes]:
    """The name of a statement, and the statement with its values numbered."""
    head, *rest = sql.split("%s")
    numbered = "".join(f"${place}{part}" for place, part in enumerate(rest, start=1))
    name = blake2b(sql.encode(), digest_size=8).hexdigest()
    return f"look_up_{name}".encode(), (head + numbered).encode()


def _checked(result: PGresult) -> PGresult:
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    message = result.error_message.decode("utf-8", "replace").strip()
    try:
        raise psycopg.errors.lookup(state)(message)
    except KeyError:
        raise psycopg.OperationalError(message) from None


def _as_text(value: Any) -> bytes:
    """A value as the server reads it."""
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}".encode()
    return str(value).encode()
