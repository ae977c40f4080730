"""A line of the log in the reader's words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as _c

from crm.access import fields
from crm.money import MoneyField
from crm.people.models import Department, Member
from crm.web import formats
from crm.web.formats import Formats

Names = Mapping[tuple[str, int], str]
# Kept for machines, or shown in a place of its own.
SILENT = frozenset({"fields", "findings", "head", "agent", "token", "columns"})
ACTIONS: Mapping[str, Any] = {
    "record.viewed": _c("log", "opened the record"),
    "record.changed": _c("log", "changed the record"),
    "record.removed": _c("log", "removed the record"),
    "list.exported": _c("log", "exported a list"),
    "file.downloaded": _c("log", "downloaded a file"),
    "log.verified": _c("log", "verified the operation log"),
    "member.signed_in": _c("log", "signed in"),
    "member.signed_out": _c("log", "signed out"),
    "member.sign_in_failed": _c("log", "sign-in failed"),
    "member.locked": _c("log", "sign-in locked after failures"),
    "member.unlocked": _c("log", "sign-in unlocked"),
    "member.password_changed": _c("log", "changed the password"),
    "member.sessions_ended": _c("log", "ended other sessions"),
    "member.second_factor_added": _c("log", "added a second factor"),
    "member.second_factor_removed": _c("log", "removed a second factor"),
    "member.second_factor_failed": _c("log", "second factor failed"),
    "member.recovery_codes_made": _c("log", "made recovery codes"),
    "member.joined": _c("log", "joined"),
    "member.invited": _c("log", "invited a member"),
    "member.invited_again": _c("log", "invited again"),
    "member.invitation_revoked": _c("log", "withdrew an invitation"),
    "member.changed": _c("log", "changed a member"),
    "member.hours_changed": _c("log", "changed working hours"),
    "member.deactivated": _c("log", "deactivated a member"),
    "member.reactivated": _c("log", "reactivated a member"),
    "member.absence_recorded": _c("log", "recorded an absence"),
    "member.absence_changed": _c("log", "changed an absence"),
    "member.absence_removed": _c("log", "removed an absence"),
    "member.seen_as": _c("log", "looked as another member"),
    "department.created": _c("log", "created a department"),
    "department.changed": _c("log", "changed a department"),
    "department.removed": _c("log", "removed a department"),
    "calendar.changed": _c("log", "changed the working calendar"),
    "calendar.day_saved": _c("log", "set a day of the calendar"),
    "calendar.day_removed": _c("log", "removed a day of the calendar"),
    "organization.founded": _c("log", "founded the organisation"),
    "signin.policy_changed": _c("log", "changed the sign-in rules"),
    "lead.created": _c("log", "created a lead"),
    "lead.converted": _c("log", "converted a lead"),
    "lead.invalidated": _c("log", "marked a lead invalid"),
    "leads.assigned": _c("log", "assigned leads"),
    "leads.imported": _c("log", "imported leads"),
    "import.uploaded": _c("log", "uploaded a file to import"),
    "import.started": _c("log", "started an import"),
    "import.cancelled": _c("log", "cancelled an import"),
    "assignment_rule.added": _c("log", "added an assignment rule"),
    "assignment_rule.changed": _c("log", "changed an assignment rule"),
    "assignment_rule.moved": _c("log", "moved an assignment rule"),
    "customer.created": _c("log", "created a customer"),
    "customer.shared": _c("log", "shared a customer"),
    "customer.unshared": _c("log", "ended sharing a customer"),
    "share.requested": _c("log", "asked for a share"),
    "contact.removed": _c("log", "removed a contact"),
    "opportunity.created": _c("log", "created an opportunity"),
    "opportunity.moved": _c("log", "moved an opportunity"),
    "identity.looked_up": _c("log", "looked for duplicates"),
    "collision.noticed": _c("log", "a collision was noticed"),
    "approval.submitted": _c("log", "submitted for approval"),
    "order.begun": _c("log", "began an order"),
    "order.copied": _c("log", "copied an order"),
    "order.submitted": _c("log", "submitted an order"),
    "order.withdrawn": _c("log", "withdrew an order"),
    "order.sent_back": _c("log", "sent an order back"),
    "order.approved": _c("log", "approved an order"),
    "order.cancelled": _c("log", "cancelled an order"),
    "product.added": _c("log", "added a product"),
    "product.restored": _c("log", "restored a product"),
    "price.saved": _c("log", "saved a price"),
    "price.removed": _c("log", "removed a price"),
    "price_book.saved": _c("log", "saved a price book"),
    "payment_plan.created": _c("log", "made a payment plan"),
    "payment_plan.edited": _c("log", "changed a payment plan"),
    "bank_account.opened": _c("log", "added a bank account"),
    "statement.imported": _c("log", "imported a bank statement"),
    "line.posted": _c("log", "posted a bank line"),
    "line.taken_back": _c("log", "took a posting back"),
    "line.set_aside": _c("log", "set a bank line aside"),
}
DETAILS: Mapping[str, Any] = {
    "reason": _c("log", "Reason"),
    "ip": _c("log", "IP address"),
    "device": _c("log", "Device"),
    "session": _c("log", "Session"),
    "ways": _c("log", "Way"),
    "page": _c("log", "List"),
    "kind": _c("log", "Kind"),
    "query": _c("log", "Filters"),
    "rows": _c("log", "Rows"),
    "format": _c("log", "Format"),
    "file": _c("log", "File"),
    "checked": _c("log", "Lines checked"),
    "faults": _c("log", "Faults"),
    "unsealed": _c("log", "Not sealed yet"),
    "number": _c("log", "Number"),
    "name": _c("log", "Name"),
    "count": _c("log", "Count"),
    "why": _c("log", "Why"),
    "before": _c("log", "Before"),
    "after": _c("log", "After"),
    "email": _c("log", "E-mail"),
}


def words_of(action: str) -> str:
    """What was done; an action without words of its own is shown as it is written."""
    return str(ACTIONS.get(action, action))


def model_of(kind: str) -> type[Model] | None:
    """The model of a kind of record, None when there is no such kind any more."""
    try:
        return apps.get_model(kind) if kind else None
    except (LookupError, ValueError):
        return None


def references(kind: str, details: Mapping[str, Any]) -> Iterator[tuple[type[Model], int]]:
    """The members and departments that a change names by id."""
    model = model_of(kind)
    for name, values in changed(details):
        related = getattr(_field(model, name), "related_model", None)
        if related in (Member, Department):
            yield from ((related, value) for value in values if isinstance(value, int))


def names_of(wanted: Iterable[tuple[type[Model], int]]) -> dict[tuple[str, int], str]:
    """The names of these members and departments, one query per kind."""
    ids: dict[type[Model], set[int]] = {}
    for model, pk in wanted:
        ids.setdefault(model, set()).add(pk)
    found: dict[tuple[str, int], str] = {}
    for model, pks in ids.items():
        rows = model._default_manager.filter(pk__in=pks).values_list("pk", "name")
        found |= {(model._meta.label_lower, pk): name for pk, name in rows}
    return found


def changed(details: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The fields of a change with their values before and after."""
    found = details.get("fields")
    return sorted(found.items()) if isinstance(found, dict) else []


def differences(
    viewer: Member | None, kind: str, details: Mapping[str, Any], names: Names
) -> list[tuple[str, str, str]]:
    """(label, from, to) of each changed field as the viewer may see it."""
    model, found = model_of(kind), []
    for name, values in changed(details):
        field = _field(model, name)
        label = str(getattr(field, "verbose_name", name))
        before, after = (value_in_words(field, value, names) for value in values)
        if model is not None:
            before = fields.shown(viewer, model, name, before)
            after = fields.shown(viewer, model, name, after)
        found.append((label[:1].upper() + label[1:], before or "—", after or "—"))
    return found


def other_details(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything else a line says."""
    return [
        (str(DETAILS.get(name, name)), _plain(value))
        for name, value in details.items()
        if name not in SILENT and value not in (None, "", [], {})
    ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_plain(one) for one in value[:20])
    if isinstance(value, dict):
        return "、".join(f"{key}: {_plain(one)}" for key, one in list(value.items())[:20])
    return str(value)


def _field(model: type[Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def value_in_words(field: Any, value: Any, names: Names) -> str:
    """A value as the trigger wrote it (JSON of the column), as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if field is None:
        return _plain(value)
    if field.is_relation:
        return names.get((field.related_model._meta.label_lower, value), f"#{value}")
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, MoneyField):
        return str(formats.money(Decimal(value) / 100)) if isinstance(value, int) else str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _moment(field.get_internal_type(), value)


def _moment(kind: str, value: Any) -> str:
    parsed: date | datetime | None = None
    if isinstance(value, str) and kind in {"DateTimeField", "DateField"}:
        parsed = parse_datetime(value) if kind == "DateTimeField" else parse_date(value)
    if isinstance(parsed, datetime):
        return f"{Formats.current().local(parsed):%Y-%m-%d %H:%M}"
    return parsed.isoformat() if parsed else _plain(value)
