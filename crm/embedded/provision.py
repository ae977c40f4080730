"""Roles, database and privileges: what has to exist before the first migration."""

import time
from typing import LiteralString

import psycopg
from psycopg import sql

from crm.embedded.names import APP, DATABASE, OWNER

EXTENSIONS = ("pg_trgm", "btree_gin")

ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = {literal}) then
    create role {name} login nosuperuser nobypassrls nocreaterole {more};
  end if;
end $$
"""
DEFAULTS = (
    "grant usage on schema public to {app}",
    "alter default privileges for role {owner} in schema public"
    " grant select, insert, update, delete on tables to {app}",
    "alter default privileges for role {owner} in schema public"
    " grant usage, select on sequences to {app}",
    "alter default privileges for role {owner} in schema public"
    " grant execute on functions to {app}",
)


def create_role(connection: psycopg.Connection, name: str, *, more: LiteralString) -> None:
    """Make a role that can log in and may nothing by itself."""
    names = {"literal": sql.Literal(name), "name": sql.Identifier(name), "more": sql.SQL(more)}
    connection.execute(sql.SQL(ROLE).format(**names))


def create_database(connection: psycopg.Connection) -> None:
    """Make the database, owned by the role that runs migrations."""
    found = connection.execute(
        "select 1 from pg_database where datname = %s", [DATABASE]
    ).fetchone()
    if found is None:
        statement = sql.SQL("create database {} owner {}")
        connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def prepare_database(connection: psycopg.Connection) -> None:
    """Extensions, and rights of the application on every table the owner will make."""
    for extension in EXTENSIONS:
        statement = sql.SQL("create extension if not exists {}")
        connection.execute(statement.format(sql.Identifier(extension)))
    names = {"owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
    for line in DEFAULTS:
        connection.execute(sql.SQL(line).format(**names))


def provision(*, superuser_url: str, database_url: str, template_url: str = "") -> None:
    """Make roles and database; with a template, every later database is prepared as well."""
    with _connect(superuser_url) as connection:
        create_role(connection, OWNER, more="createdb")
        create_role(connection, APP, more="nocreatedb")
    if template_url:
        with _connect(template_url) as connection:
            prepare_database(connection)
    with _connect(superuser_url) as connection:
        create_database(connection)
    with _connect(database_url) as connection:
        prepare_database(connection)
        check_locale(connection)


def check_locale(connection: psycopg.Connection) -> None:
    """Refuse a cluster in which Chinese has no letters: its searches find nothing, silently."""
    row = connection.execute("select show_trgm('上海华信') <> '{}', '华' ~ '\\w'").fetchone()
    if row != (True, True):
        raise RuntimeError("The database does not know Chinese letters: use LC_CTYPE=C.UTF-8.")


def _connect(url: str) -> psycopg.Connection:
    """Connect, waiting a little: right after its start the server may still say no."""
    for attempt in range(20):
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if attempt == 19:
                raise
            time.sleep(0.1)
    raise AssertionError
