"""A database server of one's own: make our roles in it, if its address allows that."""

import contextlib
import json
import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from crm.embedded.names import APP, OWNER
from crm.embedded.provision import check_locale, create_role, prepare_database

ADVICE = """DATABASE_URL names a role that may not create roles, and DATABASE_OWNER_URL is not set.
Either give the address of an administrator, or make the two roles yourself
(see docker/postgres/roles.sql) and set both addresses."""


class NotEnoughRights(Exception):
    """The given address cannot be turned into the two roles that the application needs."""


def adopt(*, url: str, data: Path) -> dict[str, str]:
    """Make the owner's and the application's role behind an administrator's address."""
    passwords = _passwords(data)
    with psycopg.connect(url, autocommit=True) as connection:
        if not _may_create_roles(connection):
            raise NotEnoughRights(ADVICE)
        for role in (OWNER, APP):
            create_role(connection, role, more="nocreatedb")
            statement = sql.SQL("alter role {} password {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(passwords[role])))
        _let_owner_build(connection)
        prepare_database(connection)
        check_locale(connection)
    return {
        "DATABASE_URL": _as_role(url, APP, passwords[APP]),
        "DATABASE_OWNER_URL": _as_role(url, OWNER, passwords[OWNER]),
    }


def _may_create_roles(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def _let_owner_build(connection: psycopg.Connection) -> None:
    """The owner may make tables here, and the administrator may set what it grants."""
    owner = sql.Identifier(OWNER)
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("grant {} to current_user").format(owner))
    connection.execute(
        sql.SQL("grant create, connect on database {} to {}").format(database, owner)
    )
    connection.execute(sql.SQL("grant usage, create on schema public to {}").format(owner))
    connection.execute(
        sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(APP))
    )


def _as_role(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))


def _passwords(data: Path) -> dict[str, str]:
    """Made once, kept readable by us only."""
    path = data / "database-passwords.json"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({role: secrets.token_urlsafe(24) for role in (OWNER, APP)}, file)
    loaded: dict[str, str] = json.loads(path.read_text())
    return loaded
