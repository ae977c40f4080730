"""Permissions and guarded fields in the groups in which people look for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from crm.access.fields import GuardedField, guarded_fields
from crm.access.registry import Permission, permissions

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PLATFORM = "platform"
# The apps of each group, in the order of the side navigation; all others are the platform.
GROUPS: tuple[tuple[str, "_StrPromise", tuple[str, ...]], ...] = (
    ("leads", _("Leads and customers"), ("leads",)),
    ("orders", _("Orders"), ("orders",)),
    ("payments", _("Payments"), ("payments",)),
    ("approvals", _("Approvals"), ("approvals",)),
    ("teamwork", _("Teamwork"), ("teamwork",)),
    ("sharing", _("Sharing and transfer"), ("sharing",)),
    ("reports", _("Reports"), ("reports",)),
    ("people", _("People and roles"), ("people", "access")),
    (PLATFORM, _("Platform"), ()),
)
VERBS = ("view", "create", "edit")
GROUP_OF = {app: key for key, _label, apps in GROUPS for app in apps}


@dataclass(frozen=True)
class Module:
    """A group of permissions under the name people know it by."""

    key: str
    label: "_StrPromise"
    permissions: tuple[Permission, ...]


@dataclass(frozen=True)
class GuardedRecord:
    """The restrictable fields of one kind of record."""

    label: str
    fields: tuple[GuardedField, ...]


def modules(wanted: Iterable[Permission] | None = None) -> list[Module]:
    """The permissions by group, in order; empty groups are left out."""
    known = sorted(permissions() if wanted is None else wanted, key=_place)
    found = (
        Module(key, label, tuple(one for one in known if GROUP_OF.get(one.module, PLATFORM) == key))
        for key, label, _apps in GROUPS
    )
    return [module for module in found if module.permissions]


def _place(permission: Permission) -> tuple[str, int, str]:
    """What a permission is about first; then looking, making, changing, everything else."""
    verb, _underscore, noun = permission.name.partition(".")[2].partition("_")
    return noun, VERBS.index(verb) if verb in VERBS else len(VERBS), permission.name


def guarded_records() -> list[GuardedRecord]:
    """The fields that roles may restrict, by record."""
    groups: dict[str, list[GuardedField]] = {}
    for field in guarded_fields():
        groups.setdefault(field.group, []).append(field)
    return [GuardedRecord(label, tuple(fields)) for label, fields in groups.items()]
