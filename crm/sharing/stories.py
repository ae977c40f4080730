"""Shares, transfers and hand-overs as lines of a record's story."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.coded import in_words
from crm.people.models import Department, Member
from crm.sharing.words import OPERATIONS
from crm.tenancy.clock import last_day
from crm.web.formats import Formats

Names = Mapping[tuple[str, int], str]
MEMBER, DEPARTMENT = Member._meta.label_lower, Department._meta.label_lower


def is_told(action: str) -> bool:
    """Whether the action is one of ours: customer.shared, order.transferred, …."""
    return action.partition(".")[2] in OPERATIONS


def references(details: Mapping[str, Any]) -> Iterator[tuple[type[Model], int]]:
    """The people and departments that a line names by id."""
    for pk in (*details.get("members", ()), details.get("member"), details.get("giver")):
        if isinstance(pk, int):
            yield Member, pk
    for pk in details.get("departments", ()):
        if isinstance(pk, int):
            yield Department, pk


def told(action: str, details: Mapping[str, Any], names: Names) -> str:
    """With whom or from whom to whom, how far, until when, why."""
    verb = action.partition(".")[2]
    if verb in {"transferred", "handed_over"}:
        giver = names.get((MEMBER, details.get("giver") or 0), "—")
        receiver = names.get((MEMBER, details.get("member") or 0), "—")
        parts = [f"{giver} → {receiver}"]
    else:
        members = [names.get((MEMBER, pk), "") for pk in details.get("members", ())]
        if isinstance(details.get("member"), int):
            members.append(names.get((MEMBER, details["member"]), ""))
        departments = [names.get((DEPARTMENT, pk), "") for pk in details.get("departments", ())]
        parts = [pgettext("between names", ", ").join(filter(None, [*members, *departments]))]
        if verb == "shared":
            parts.append(_("may change it") if details.get("may_edit") else _("may see it"))
        if details.get("until"):
            reader = Formats.current()
            until = reader.day(last_day(datetime.fromisoformat(details["until"]), reader.zone))
            parts.append(_("until %(when)s") % {"when": until})
    parts.append(in_words(str(details.get("why") or "")))
    if details.get("cutoff"):
        day = Formats.current().day(date.fromisoformat(details["cutoff"]))
        parts.append(_("commission cut-off %(day)s") % {"day": day})
    return " · ".join(filter(None, parts))
