"""A cast is built by the services once per database, and copied row by row into further tests.

Thousands of tests begin with the same people. Each is rolled back, or its rows are taken away, so
that the ids are free again; a database that is cloned anew counts from the beginning, and its casts
are built again.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import get_language
from psycopg import sql

from crm.tenancy.context import tenant_context
from tests.support import database

if TYPE_CHECKING:
    from tests.support.cast import Cast

# Whose transaction wrote a line of the operation log is for the database to say.
TABLES = """
    SELECT of.table_name, array_agg(of.column_name::text ORDER BY of.ordinal_position)
    FROM information_schema.columns AS of
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
      AND (of.table_name, of.column_name) <> ('audit_operationlog', 'transaction')
    GROUP BY of.table_name
    HAVING 'organization_id' = ANY (array_agg(of.column_name))
        OR of.table_name IN ('tenancy_organization', 'people_user')
    ORDER BY of.table_name
"""
OWN = {
    "tenancy_organization": "id = current_setting('app.organization')::bigint",
    "people_user": "id IN (SELECT user_id FROM people_member)",
}
READ = "SELECT jsonb_agg(row)::text FROM {table} AS row WHERE {own}"
WRITE = (
    "INSERT INTO {table} ({columns})"
    " SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, {rows}::jsonb)"
)
TENANT = "SELECT set_config('app.organization', {organization}, true)"


@dataclass(frozen=True)
class Copy:
    """One statement that writes every row, and the objects as they were."""

    statement: str
    objects: bytes


_copies: dict[tuple[int, str, str], Copy] = {}


def copy_of(slug: str, build: "Callable[[str], Cast]") -> "Cast":
    """The cast of this name, all of it in the caller's transaction."""
    assert connection.in_atomic_block
    key = (database.generation(), slug, get_language())  # the names of roles are written in it
    if key not in _copies:
        cast = build(slug)
        _copies[key] = Copy(statement_for(cast), pickle.dumps(cast))
        return cast
    with connection.cursor() as cursor:
        cursor.execute(_copies[key].statement)
    copied: Cast = pickle.loads(_copies[key].objects)  # noqa: S301 - pickled above
    return copied


def statement_for(cast: "Cast") -> str:
    """SQL that writes every row of the organisation again, with its ids."""
    parts: list[sql.Composable] = [tenant(str(cast.organization.pk))]
    with tenant_context(cast.organization.pk), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, columns in cursor.fetchall():
            own = sql.SQL(OWN.get(table, "true"))
            cursor.execute(sql.SQL(READ).format(table=sql.Identifier(table), own=own))
            (rows,) = cursor.fetchone()
            if rows:
                parts.append(written(table, columns, rows))
        text: str = sql.SQL(";").join([*parts, tenant("")]).as_string(cursor.connection)
    return text


def tenant(organization: str) -> sql.Composed:
    return sql.SQL(TENANT).format(organization=sql.Literal(organization))


def written(table: str, columns: list[str], rows: str) -> sql.Composed:
    return sql.SQL(WRITE).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        rows=sql.Literal(rows),
    )
