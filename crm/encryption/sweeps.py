"""Go through an encrypted column batch by batch as the owner, one organisation at a time.

Row-level security is forced on the owner too, so every batch names its organisation. Triggers
made for people's changes (history, facts that never change) do not fire: the value stays the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from crm.encryption.cipher import PLATFORM, VERSION, blind_index, key_of, seal, unseal
from crm.encryption.fields import EncryptedTextField, is_tenants

BATCH = 500
ENTER = """
    SELECT set_config('app.organization', %s, true), set_config('pgtrigger.ignore', (
        SELECT coalesce(array_agg(tgname::text), '{}')::text FROM pg_trigger
         WHERE tgrelid = to_regclass(%s) AND starts_with(tgname, 'pgtrigger_')
    ), true)
"""
PLAIN = f"NOT starts_with({{column}}, '{VERSION}.')"


@dataclass(frozen=True)
class Column:
    """An encrypted column; `key` is the name of its table's primary key."""

    table: str
    column: str
    place: str
    key: str = "id"
    is_tenants: bool = True

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def encrypted_columns() -> list[Column]:
    """Every encrypted column there is, those of history tables too."""
    return [
        Column(
            table=model._meta.db_table,
            column=str(field.column),
            place=field.place,
            key=str(model._meta.pk.column),
            is_tenants=is_tenants(model),
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def organizations(connection: BaseDatabaseWrapper, column: Column) -> list[int]:
    """Whose rows the column holds: every organisation's, or the platform's."""
    if not column.is_tenants:
        return [PLATFORM]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organization ORDER BY id")
        return [pk for (pk,) in cursor.fetchall()]


def sweep(
    connection: BaseDatabaseWrapper,
    column: Column,
    organization_id: int,
    *,
    pending: str,
    change: Callable[[str], str],
) -> Iterator[int]:
    """Rewrite what is `pending` (SQL), one transaction per batch; yields how many each changed."""
    last = 0
    while True:
        with transaction.atomic(using=connection.alias):
            rows = _next(connection, column, organization_id, pending=pending, after=last)
            if rows:
                _write(connection, column, [(pk, change(text)) for pk, text in rows])
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


def _next(
    connection: BaseDatabaseWrapper,
    column: Column,
    organization_id: int,
    *,
    pending: str,
    after: int,
) -> list[tuple[int, str]]:
    name, key = f'"{column.column}"', f'"{column.key}"'
    condition = pending.format(column=name)
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [str(organization_id or ""), column.table])
        cursor.execute(
            f'SELECT {key}, {name} FROM "{column.table}"'  # noqa: S608 - names from the models
            f" WHERE {key} > %s AND {name} <> '' AND {condition}"
            f" ORDER BY {key} LIMIT {BATCH} FOR NO KEY UPDATE",
            [after],
        )
        return list(cursor.fetchall())


def _write(connection: BaseDatabaseWrapper, column: Column, rows: list[tuple[int, str]]) -> None:
    name, key = f'"{column.column}"', f'"{column.key}"'
    keys, texts = [pk for pk, _ in rows], [text for _, text in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{column.table}" AS t SET {name} = fresh.text'  # noqa: S608 - as above
            " FROM unnest(%s::bigint[], %s::text[]) AS fresh (key, text)"
            f" WHERE t.{key} = fresh.key",
            [keys, texts],
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"{column}: {cursor.rowcount} of {len(rows)} rows were written.")


def encrypt_plain(connection: BaseDatabaseWrapper, column: Column) -> int:
    """For migrations: encrypt what the column still holds in plain text."""
    done = 0
    for organization in organizations(connection, column):

        def change(text: str, organization: int = organization) -> str:
            return seal(text, place=column.place, organization_id=organization)

        done += sum(sweep(connection, column, organization, pending=PLAIN, change=change))
    return done


def fill_index(connection: BaseDatabaseWrapper, column: Column, index: str) -> None:
    """For migrations: compute the blind index of an encrypted column."""
    beside = replace(column, column=index)
    for organization in organizations(connection, column):
        bound: dict[str, Any] = {"organization_id": organization}
        rows = [
            (pk, blind_index(unseal(token, place=column.place, **bound), column.place, **bound))
            for pk, token in tokens(connection, column, organization)
        ]
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(ENTER, [str(organization or ""), column.table])
            if rows:
                _write(connection, beside, rows)


def rotate(connection: BaseDatabaseWrapper, column: Column, newest: str) -> Iterator[int]:
    """Encrypt anew what an older key encrypted; what is done already is passed over."""
    pending = f"NOT starts_with({{column}}, '{VERSION}.{newest}.')"
    for organization in organizations(connection, column):

        def change(token: str, organization: int = organization) -> str:
            bound: dict[str, Any] = {"place": column.place, "organization_id": organization}
            return seal(unseal(token, **bound), **bound)

        yield from sweep(connection, column, organization, pending=pending, change=change)


def tokens(
    connection: BaseDatabaseWrapper, column: Column, organization_id: int
) -> Iterator[tuple[int, str]]:
    """Every value of the column, as (primary key, token), without locking anything."""
    name, key, last = f'"{column.column}"', f'"{column.key}"', 0
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(ENTER, [str(organization_id or ""), column.table])
            cursor.execute(
                f'SELECT {key}, {name} FROM "{column.table}"'  # noqa: S608 - as above
                f" WHERE {key} > %s AND {name} <> '' ORDER BY {key} LIMIT 5000",
                [last],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


@dataclass
class Condition:
    """How a column stands: values per key, values in plain text, values that cannot be read."""

    by_key: dict[str, int]
    plain: int = 0
    unreadable: int = 0


def condition_of(connection: BaseDatabaseWrapper, column: Column, *, decrypt: bool) -> Condition:
    """Count the values of a column by key; with `decrypt` each of them is read."""
    found = Condition({})
    for organization in organizations(connection, column):
        for _, token in tokens(connection, column, organization):
            if not token.startswith(f"{VERSION}."):
                found.plain += 1
                continue
            name = key_of(token)
            found.by_key[name] = found.by_key.get(name, 0) + 1
            if decrypt and not _is_readable(column, token, organization):
                found.unreadable += 1
    return found


def _is_readable(column: Column, token: str, organization_id: int) -> bool:
    try:
        unseal(token, place=column.place, organization_id=organization_id)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it cannot be read
        return False
    return True
