"""The story of a member: what was done and what changed, newest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm.audit.models import OperationLog
from crm.audit.selectors import Change as AuditChange
from crm.audit.selectors import changes_of, operations_on
from crm.industries import Industry
from crm.people.models import Department, Member, Role
from crm.people.words import OPERATIONS, role_name
from crm.places import Province
from crm.web.components import Change, Entry
from crm.web.formats import Formats, listed

# Told by operations of their own, or derived.
SILENT = frozenset({"is_active", "sort_key", "user", "working_week"})
# Told by the changes themselves.
UNTOLD = frozenset({"member.changed"})
PEOPLE = frozenset({"superior", "deputy"})
LIMIT = 60


def timeline_of(member: Member) -> list[Entry]:
    """Everything that happened to a member's place."""
    changes = changes_of(member, limit=LIMIT)
    operations = operations_on(member, limit=LIMIT)
    names = _Names(changes)
    entries = [_told(one, names) for one in operations if one.action not in UNTOLD]
    entries += [entry for one in changes if (entry := _changed(one, names))]
    if not any(one.action == "member.joined" for one in operations):
        entries.append(Entry(member.joined_at, _("joined"), who=member.name, icon="user-plus"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LIMIT]


class _Names:
    """The names behind the ids that changes speak of, in three queries."""

    def __init__(self, changes: list[AuditChange]) -> None:
        members = {one.member_id for one in changes if one.member_id}
        departments = set()
        for one in changes:
            for field in one.fields:
                if field.field in PEOPLE:
                    members |= {field.before, field.after} - {None}
                elif field.field == "department":
                    departments |= {field.before, field.after} - {None}
        self.members = dict(Member.objects.filter(pk__in=members).values_list("pk", "name"))
        self.departments = dict(
            Department.objects.filter(pk__in=departments).values_list("pk", "name")
        )
        self.roles = {code: role_name(code, name)
                      for code, name in Role.objects.values_list("code", "name")}  # fmt: skip

    def in_words(self, field: str, value: Any) -> str:
        """A stored value as people read it."""
        if value in (None, "", []):
            return "—"
        if field in PEOPLE:
            return self.members.get(value, f"#{value}")
        if field == "department":
            return self.departments.get(value, f"#{value}")
        if field == "provinces":
            return listed(str(Province(one).label) for one in value)
        if field == "industries":
            return listed(str(Industry(one).label) for one in value)
        if isinstance(value, list):
            return listed(value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return str(value)


def _told(one: OperationLog, names: _Names) -> Entry:
    words, icon = OPERATIONS.get(one.action, (one.action, "point"))
    who = one.member.name if one.member else _("System")
    body = _details(one.action, one.details, names)
    return Entry(one.at, words, who=who, icon=icon, tone="blue", body=body)


def _details(action: str, details: Mapping[str, Any], names: _Names) -> str:
    if action == "member.roles_changed":
        added = [f"+ {names.roles.get(code, code)}" for code in details.get("added", ())]
        removed = [f"− {names.roles.get(code, code)}" for code in details.get("removed", ())]
        return "\n".join([*added, *removed])
    if action.startswith("member.absence") and "start" in details:
        formats = Formats.current()
        start = datetime.fromisoformat(details["start"])
        end = datetime.fromisoformat(details["end"])
        return (
            f"{formats.day(start)} {formats.clock(start)} – {formats.day(end)} {formats.clock(end)}"
        )
    return str(details.get("reason", ""))


def _changed(one: AuditChange, names: _Names) -> Entry | None:
    shown = [
        Change(
            field.label,
            names.in_words(field.field, field.before),
            names.in_words(field.field, field.after),
        )
        for field in one.fields
        if field.field not in SILENT
    ]
    if not shown:
        return None
    who = names.members.get(one.member_id or 0, _("System"))
    return Entry(one.at, _("changed"), who=who, icon="pencil", changes=shown)
