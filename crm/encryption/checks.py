"""Refuse to start where encrypted columns could not be read."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db.utils import DatabaseError

from crm.encryption.keys import BadKeys
from crm.encryption.known import changed_keys, missing_keys
from crm.encryption.ring import keyring

RESTORE = "Restore the keys from the backup; see docs/operating.md."


@register(Tags.database)
def check_field_keys(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `check --database default` before any process serves."""
    if not databases or "default" not in databases:
        return []
    try:
        keyring()
    except BadKeys as error:
        return [Error(str(error), hint=RESTORE, id="encryption.E001")]
    try:
        missing, changed = missing_keys(), changed_keys()
    except DatabaseError:
        return []  # not migrated yet, or away: the tenancy's check tells that
    return [*_missing(missing), *_changed(changed)]


def _missing(names: list[str]) -> list[CheckMessage]:
    text = "Data is encrypted with the key “{}”, which is not among the given ones."
    return [Error(text.format(name), hint=RESTORE, id="encryption.E002") for name in names]


def _changed(names: list[str]) -> list[CheckMessage]:
    text = "The key “{}” is not the one that data was encrypted with."
    return [Error(text.format(name), hint=RESTORE, id="encryption.E003") for name in names]
