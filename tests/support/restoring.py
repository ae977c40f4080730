"""After real commits: take the rows away again, instead of cloning a database of 1,700 files anew.

Only rows are taken away, and only from tables that the template leaves empty. Whatever else a test
changed (a table, a policy, statistics, the rows that migrations wrote) shows in `traces`, and then
the database is cloned. Sequences go on counting, as they do after a test that is rolled back.
"""

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

# A test that filled a table leaves a heap of dead rows, which would change later plans.
LARGE = 4 * 1024 * 1024
CATALOGUES = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_db_role_setting",
    "pg_default_acl",
    "pg_description",
    "pg_extension",
    "pg_index",
    "pg_inherits",
    "pg_largeobject_metadata",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_rewrite",
    "pg_statistic",
    "pg_statistic_ext",
    "pg_trigger",
    "pg_type",
)
# Neither a rolled back change nor VACUUM leaves another version of a catalogue's row.
VERSIONS = "SELECT sum(hashtextextended(ctid::text || xmin::text, 0))::text FROM {table}"
CONTENT = "SELECT sum(hashtextextended(row::text, 0))::text FROM {table} AS row"
# A table without a file of its own is not worth opening.
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
    ORDER BY relname
"""
FILLED = "SELECT {name} WHERE EXISTS (SELECT FROM {table})"
OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class State:
    """What a database holds that no test may leave changed, and which tables are empty."""

    filled: frozenset[str]
    traces: tuple[str | None, ...]


_clean: dict[str, State] = {}


def clean_state(name: str) -> State | None:
    """How the database is before a test commits anything; nothing where we are no superuser."""
    if name not in _clean and os.environ.get("DATABASE_ADMIN_URL"):
        with connect(name) as admin:
            filled = filled_tables(admin)
            _clean[name] = State(filled, traces(admin, filled))
    return _clean.get(name)


def forget(name: str) -> None:
    """The database is another one now."""
    _clean.pop(name, None)


def restore(name: str) -> bool:
    """Take away every row that the clean database has not; false when rows are not all."""
    clean = _clean.get(name)
    if clean is None:
        return False
    for alias in ("default", "owner"):
        connections[alias].close()
    with connect(name) as admin:
        admin.execute(OTHERS)
        if traces(admin, clean.filled) != clean.traces:
            return False
        return take_away(admin, sorted(filled_tables(admin) - clean.filled))


def take_away(admin: psycopg.Connection, tables: list[str]) -> bool:
    """Delete the rows without asking triggers or foreign keys; false where that leaves a heap."""
    if not tables:
        return True
    named = sql.SQL("; ").join(
        sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables
    )
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(named)
    sizes = "SELECT coalesce(sum(pg_relation_size(name::regclass)), 0) FROM unnest(%s::text[]) name"
    (size,) = admin.execute(sizes, [[f'public."{table}"' for table in tables]]).fetchone()
    return size < LARGE


def connect(name: str) -> psycopg.Connection:
    """As superuser: the rows of all tenants, without triggers."""
    return psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name, autocommit=True)


def filled_tables(admin: psycopg.Connection) -> frozenset[str]:
    """The tables that hold a row."""
    tables = [name for (name,) in admin.execute(TABLES)]
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL(FILLED).format(name=sql.Literal(name), table=sql.Identifier(name))
        for name in tables
    )
    return frozenset(name for (name,) in admin.execute(asked))


def traces(admin: psycopg.Connection, filled: frozenset[str]) -> tuple[str | None, ...]:
    """One figure for each catalogue and each table that migrations fill."""
    asked = [sql.SQL(VERSIONS).format(table=sql.Identifier(name)) for name in CATALOGUES]
    asked += [sql.SQL(CONTENT).format(table=sql.Identifier(name)) for name in sorted(filled)]
    (row,) = admin.execute(
        sql.SQL("SELECT ARRAY[{}]").format(
            sql.SQL(", ").join(sql.SQL("({})").format(one) for one in asked)
        )
    )
    return tuple(row[0])


ROWS = "SELECT jsonb_agg(to_jsonb(whole.*))::text FROM {table} AS whole"  # some have a column `row`
WRITE = "INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, {rows}::jsonb)"
COUNTED = "SELECT jsonb_object_agg(sequencename, last_value)::text FROM pg_sequences"
COUNT_ON = """
    SELECT setval(sequencename::regclass, known.value::bigint)
    FROM pg_sequences JOIN jsonb_each_text({counted}::jsonb) AS known ON known.key = sequencename
    WHERE known.value::bigint > coalesce(last_value, 0)
"""


@dataclass(frozen=True)
class Kept:
    """Everything that was committed: rows, files, and the objects that stand for them."""

    statement: sql.Composed
    files: dict[Path, bytes]
    objects: bytes


_kept: dict[Callable[[], Any], Kept] = {}


def committed(name: str, build: Callable[[], Any]) -> Any:
    """What this function commits in a clean database; the second time its rows are copied."""
    if build in _kept:
        return put_back(name, _kept[build])
    made = build()
    if (clean := _clean.get(name)) is not None:
        with connect(name) as admin:
            tables = sorted(filled_tables(admin) - clean.filled)
            statement, files = rows_of(admin, tables), files_of(admin)
        _kept[build] = Kept(statement, files, pickle.dumps(made))
    return made


def rows_of(admin: psycopg.Connection, tables: list[str]) -> sql.Composed:
    """SQL that writes every row again; the sequences count on from there."""
    parts: list[sql.Composable] = []
    for table in map(sql.Identifier, tables):
        (rows,) = admin.execute(sql.SQL(ROWS).format(table=table)).fetchone()
        parts.append(sql.SQL(WRITE).format(table=table, rows=sql.Literal(rows)))
    (counted,) = admin.execute(COUNTED).fetchone()
    parts.append(sql.SQL(COUNT_ON).format(counted=sql.Literal(counted)))
    return sql.SQL(";").join(parts)


def files_of(admin: psycopg.Connection) -> dict[Path, bytes]:
    """The stored files of all organisations; each test has a data folder of its own."""
    root = Path(settings.DATA_DIR)
    folders = [
        root / "files" / str(number)
        for (number,) in admin.execute("SELECT id FROM tenancy_organization")
    ]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(root): path.read_bytes() for path in found}


def put_back(name: str, kept: Kept) -> Any:
    with connect(name) as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(kept.statement)
    for name_there, content in kept.files.items():
        path = Path(settings.DATA_DIR) / name_there
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return pickle.loads(kept.objects)  # noqa: S301 - pickled above
