"""The story of one record: follow-ups, operations, changes and comments, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.audit.models import OperationLog
from crm.audit.selectors import Change as AuditChange
from crm.audit.selectors import changes_of, operations_on
from crm.coded import in_words
from crm.people.models import Member
from crm.sharing import stories
from crm.teamwork.selectors import comments_on
from crm.web import markup
from crm.web.components import Change, Entry
from leads.enums import FollowUpKind, FollowUpOutcome
from leads.models import FollowUp
from leads.selectors.wording import Names, names_of, value_in_words
from leads.words import FOLLOW_UP_ICONS, OPERATIONS, OUTCOME_COLOURS

# Derived, or told by an operation of its own.
SILENT = frozenset(
    {
        "status", "stage", "stage_changed_at", "position", "sort_key", "name_key", "phone_key",
        "last_follow_up_at", "first_response_at", "assigned_at", "unassigned_reason",
        "converted_at", "closed_at", "customer", "invalid_reason", "lost_reason", "department",
        "merged_into",
    }
)  # fmt: skip
FROM_FOLLOW_UP = frozenset({"next_step", "next_step_at"})
# Told from the kept record's side already.
OF_MERGES = frozenset({"customer.merged_away", "lead.merged_away"})
MOST_ABSORBED = 10
TOGETHER = timedelta(seconds=2)
LIMIT = 60


def timeline_of(record: Model, follow_ups: QuerySet[FollowUp]) -> list[Entry]:
    """Everything that happened to the record, as the timeline component shows it."""
    told = list(follow_ups.select_related("member").order_by("-at", "-id")[:LIMIT])
    changes = changes_of(record, limit=LIMIT)
    operations = operations_on(record, limit=LIMIT)
    names = names_of(_references(type(record), changes, operations))
    entries = [
        *map(_follow_up_entry, told),
        *(_operation_entry(one, names) for one in operations),
        *_change_entries(type(record), changes, told, names),
        *(
            Entry(one.at, _("commented"), who=one.member.name, icon="message", body=one.text)
            for one in comments_on(record)[:LIMIT]
        ),
    ]
    if not any(one.action.endswith(".created") for one in operations):
        entries += _beginning(record)
    for one in _absorbed(record):
        entries += _story_before(one)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LIMIT]


def _absorbed(record: Any) -> list[Any]:
    """The records that were merged into this one, and into those."""
    found: list[Any] = []
    every = getattr(type(record), "every", None)
    into = [record.pk] if every is not None else []
    while every is not None and into:
        more = list(every.filter(merged_into__in=into).order_by("pk")[:MOST_ABSORBED])
        found += more
        into = [one.pk for one in more]
    return found[:MOST_ABSORBED]


def _story_before(record: Model) -> Iterator[Entry]:
    """What was done to a record that is part of another one now; what hung on it has moved."""
    operations = [one for one in operations_on(record, limit=LIMIT) if one.action not in OF_MERGES]
    changes = changes_of(record, limit=LIMIT)
    names = names_of(_references(type(record), changes, operations))
    found = [
        *(_operation_entry(one, names) for one in operations),
        *_change_entries(type(record), changes, [], names),
    ]
    for entry in found:
        yield replace(entry, tags=[*entry.tags, markup.tag(str(record))])


def _beginning(record: Any) -> list[Entry]:
    """Where a story starts that no operation began, such as an imported record's."""
    who = record.created_by.name if record.created_by else _("System")
    return [Entry(record.created_at, _("entered it"), who=who, icon="plus", tone="blue")]


def _follow_up_entry(one: FollowUp) -> Entry:
    tags = []
    if one.outcome:
        colour = OUTCOME_COLOURS[one.outcome]
        tags.append(markup.badge(FollowUpOutcome(one.outcome).label, colour))
    if not one.is_effective:
        tags.append(markup.chip(_("note only"), "weak"))
    lines = [one.content] if one.content else []
    if one.next_step:
        due = value_in_words(FollowUp, "next_step_at", one.next_step_at, {})
        dated = pgettext("next step", "%(what)s (%(when)s)") % {"what": one.next_step, "when": due}
        lines.append(f"→ {dated if one.next_step_at else one.next_step}")
    return Entry(
        one.at,
        FollowUpKind(one.kind).label,
        who=one.member.name,
        icon=FOLLOW_UP_ICONS[one.kind],
        tone="teal" if one.is_effective else "grey",
        body="\n".join(lines),
        tags=tags,
    )


def _operation_entry(one: OperationLog, names: Names) -> Entry:
    told = OPERATIONS.get(f"{one.action}.{one.details.get('origin', '')}")
    words, icon = told or OPERATIONS.get(one.action, (one.action, "point"))
    return Entry(
        one.at,
        words,
        who=one.member.name if one.member else _("System"),
        icon=icon,
        tone="amber" if one.action == "collision.noticed" else "blue",
        body=_operation_details(one, names),
    )


def _operation_details(one: OperationLog, names: Names) -> str:
    """What an operation was about, when there is more to say."""
    details = one.details
    if one.action == "opportunity.moved":
        return f"{details.get('before', '')} → {details.get('after', '')}"
    if stories.is_told(one.action):
        return stories.told(one.action, details, names)
    if details.get("other"):
        return " · ".join(filter(None, (str(details["other"]), str(details.get("why") or ""))))
    for key in ("why", "invalid_reason", "lost_reason", "name"):
        if details.get(key):
            return in_words(str(details[key]))
    return ""


def _change_entries(
    model: type[Model], changes: list[AuditChange], told: list[FollowUp], names: Names
) -> Iterator[Entry]:
    for change in changes:
        hidden = SILENT | (FROM_FOLLOW_UP if _came_from_follow_up(change, told) else frozenset())
        shown = [
            Change(
                one.label,
                value_in_words(model, one.field, one.before, names),
                value_in_words(model, one.field, one.after, names),
            )
            for one in change.fields
            if one.field not in hidden
        ]
        if shown:
            who = names.get((Member._meta.label_lower, change.member_id or 0), _("System"))
            yield Entry(change.at, _("changed"), who=who, icon="pencil", changes=shown)


def _came_from_follow_up(change: AuditChange, told: list[FollowUp]) -> bool:
    return any(
        one.member_id == change.member_id and abs(one.created_at - change.at) < TOGETHER
        for one in told
    )


def _references(
    model: type[Model], changes: Iterable[AuditChange], operations: Iterable[OperationLog]
) -> Iterator[tuple[type[Model], int]]:
    """The records that the changes name by id."""
    for change in changes:
        if change.member_id:
            yield Member, change.member_id
        for one in change.fields:
            field: Any = model._meta.get_field(one.field)
            if field.is_relation and one.field not in SILENT:
                yield from ((field.related_model, pk) for pk in (one.before, one.after) if pk)
    for operation in operations:
        yield from stories.references(operation.details)
