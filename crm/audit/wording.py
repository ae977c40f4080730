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
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.access import fields
from crm.access.registry import is_whole, permissions
from crm.audit.field_words import REASONS, TECHNICAL, field_words
from crm.money import MoneyField
from crm.people.enums import Right, Scope
from crm.people.models import Department, Member, Role
from crm.web import formats
from crm.web.formats import Formats, listed

Names = Mapping[tuple[str, int], str]
SILENT = frozenset({"fields", "findings", "head", "run", "flow", "query", "balance", "page"})
ACTIONS: Mapping[str, Any] = {
    "record.viewed": pgettext_lazy("log", "opened the record"),
    "record.changed": pgettext_lazy("log", "changed the record"),
    "record.removed": pgettext_lazy("log", "removed the record"),
    "list.exported": pgettext_lazy("log", "exported a list"),
    "file.downloaded": pgettext_lazy("log", "downloaded a file"),
    "log.verified": pgettext_lazy("log", "verified the operation log"),
    "member.signed_in": pgettext_lazy("log", "signed in"),
    "member.signed_out": pgettext_lazy("log", "signed out"),
    "member.sign_in_failed": pgettext_lazy("log", "sign-in failed"),
    "member.locked": pgettext_lazy("log", "sign-in locked after failures"),
    "member.unlocked": pgettext_lazy("log", "sign-in unlocked"),
    "member.password_changed": pgettext_lazy("log", "changed the password"),
    "member.sessions_ended": pgettext_lazy("log", "ended other sessions"),
    "member.second_factor_added": pgettext_lazy("log", "added a second factor"),
    "member.second_factor_removed": pgettext_lazy("log", "removed a second factor"),
    "member.second_factor_failed": pgettext_lazy("log", "second factor failed"),
    "member.recovery_codes_made": pgettext_lazy("log", "made recovery codes"),
    "member.joined": pgettext_lazy("log", "joined"),
    "member.invited": pgettext_lazy("log", "invited a member"),
    "member.invited_again": pgettext_lazy("log", "invited again"),
    "member.invitation_revoked": pgettext_lazy("log", "withdrew an invitation"),
    "member.changed": pgettext_lazy("log", "changed a member"),
    "member.hours_changed": pgettext_lazy("log", "changed working hours"),
    "member.deactivated": pgettext_lazy("log", "deactivated a member"),
    "member.reactivated": pgettext_lazy("log", "reactivated a member"),
    "member.absence_recorded": pgettext_lazy("log", "recorded an absence"),
    "member.absence_changed": pgettext_lazy("log", "changed an absence"),
    "member.absence_removed": pgettext_lazy("log", "removed an absence"),
    "member.seen_as": pgettext_lazy("log", "looked as another member"),
    "department.created": pgettext_lazy("log", "created a department"),
    "department.changed": pgettext_lazy("log", "changed a department"),
    "department.removed": pgettext_lazy("log", "removed a department"),
    "calendar.changed": pgettext_lazy("log", "changed the working calendar"),
    "calendar.day_saved": pgettext_lazy("log", "set a day of the calendar"),
    "calendar.day_removed": pgettext_lazy("log", "removed a day of the calendar"),
    "organization.founded": pgettext_lazy("log", "founded the organisation"),
    "api.listed": pgettext_lazy("log", "read a list by program"),
    "access_token.created": pgettext_lazy("log", "made an access token"),
    "access_token.revoked": pgettext_lazy("log", "revoked an access token"),
    "signin.policy_changed": pgettext_lazy("log", "changed the sign-in rules"),
    "lead.created": pgettext_lazy("log", "created a lead"),
    "lead.converted": pgettext_lazy("log", "converted a lead"),
    "lead.invalidated": pgettext_lazy("log", "marked a lead invalid"),
    "lead.reopened": pgettext_lazy("log", "reopened a lead"),
    "lead.contacted": pgettext_lazy("log", "marked a lead contacted"),
    "lead.qualified": pgettext_lazy("log", "marked a lead qualified"),
    "leads.assigned": pgettext_lazy("log", "assigned leads"),
    "leads.imported": pgettext_lazy("log", "imported leads"),
    "import.uploaded": pgettext_lazy("log", "uploaded a file to import"),
    "import.started": pgettext_lazy("log", "started an import"),
    "import.cancelled": pgettext_lazy("log", "cancelled an import"),
    "assignment_rule.added": pgettext_lazy("log", "added an assignment rule"),
    "assignment_rule.changed": pgettext_lazy("log", "changed an assignment rule"),
    "assignment_rule.moved": pgettext_lazy("log", "moved an assignment rule"),
    "customer.created": pgettext_lazy("log", "created a customer"),
    "customer.shared": pgettext_lazy("log", "shared a customer"),
    "customer.unshared": pgettext_lazy("log", "ended sharing a customer"),
    "share.requested": pgettext_lazy("log", "asked for a share"),
    "contact.removed": pgettext_lazy("log", "removed a contact"),
    "opportunity.created": pgettext_lazy("log", "created an opportunity"),
    "opportunity.moved": pgettext_lazy("log", "moved an opportunity"),
    "customer.merged": pgettext_lazy("log", "merged another record into a customer"),
    "customer.merged_away": pgettext_lazy("log", "merged a customer into another record"),
    "customer.merge_undone": pgettext_lazy("log", "undid the merge of a customer"),
    "customer.kept_separate": pgettext_lazy("log", "kept two customers apart, in one hand"),
    "lead.merged": pgettext_lazy("log", "merged another record into a lead"),
    "lead.merged_away": pgettext_lazy("log", "merged a lead into another record"),
    "lead.merge_undone": pgettext_lazy("log", "undid the merge of a lead"),
    "lead.kept_separate": pgettext_lazy("log", "kept two leads apart, in one hand"),
    "customer.alias_added": pgettext_lazy("log", "added another name of a customer"),
    "customer.alias_dropped": pgettext_lazy("log", "forgot another name of a customer"),
    "identity.judgement_taken_back": pgettext_lazy(
        "log", "took a judgement about two clients back"
    ),
    "identity.looked_up": pgettext_lazy("log", "looked for duplicates"),
    "identity.lookups_spent": pgettext_lazy("log", "used up the look-ups of a day"),
    "customer.protected": pgettext_lazy("log", "protected a customer"),
    "customer.unprotected": pgettext_lazy("log", "released a customer from protection"),
    "customer.protection_ended": pgettext_lazy("log", "the protection of a customer ended"),
    "collision_rule.added": pgettext_lazy("log", "added a collision rule"),
    "collision_rule.changed": pgettext_lazy("log", "changed a collision rule"),
    "collision_rule.moved": pgettext_lazy("log", "moved a collision rule"),
    "collision_rule.switched_on": pgettext_lazy("log", "switched a collision rule on"),
    "collision_rule.switched_off": pgettext_lazy("log", "switched a collision rule off"),
    "collision_rule.removed": pgettext_lazy("log", "removed a collision rule"),
    "collision_settings.changed": pgettext_lazy("log", "changed the collision settings"),
    "arbitration.moved": pgettext_lazy("log", "moved a rule of arbitration"),
    "arbitration.switched_on": pgettext_lazy("log", "switched a rule of arbitration on"),
    "arbitration.switched_off": pgettext_lazy("log", "switched a rule of arbitration off"),
    "arbitration.changed": pgettext_lazy("log", "changed the terms of arbitration"),
    "arbitration.reset": pgettext_lazy("log", "went back to the usual terms of arbitration"),
    "share.granted": pgettext_lazy("log", "shared what was asked for"),
    "share.declined": pgettext_lazy("log", "declined to share"),
    "collision.noticed": pgettext_lazy("log", "a collision was noticed"),
    "risk.dismissed": pgettext_lazy("log", "dismissed an early warning"),
    "risk.reopened": pgettext_lazy("log", "opened an early warning again"),
    "risk.not_same": pgettext_lazy("log", "judged two clients not the same"),
    "risk.case_opened": pgettext_lazy("log", "opened a case from an early warning"),
    "risk.asked": pgettext_lazy("log", "asked two reps about their clients"),
    "collision.noticed_in_case": pgettext_lazy("log", "a second rep reached for the client"),
    "collision.decided": pgettext_lazy("log", "decided a collision"),
    "collision.appealed": pgettext_lazy("log", "appealed against a decision"),
    "case.opened": pgettext_lazy("log", "opened a collision case"),
    "case.joined": pgettext_lazy("log", "joined a collision case"),
    "case.reported": pgettext_lazy("log", "reported a collision"),
    "case.asked": pgettext_lazy("log", "asked for a decision"),
    "case.stated": pgettext_lazy("log", "made a statement"),
    "case.decided": pgettext_lazy("log", "decided a collision"),
    "case.merge_undone": pgettext_lazy("log", "undid the merge that decided a collision"),
    "case.partly_reversed": pgettext_lazy("log", "could not put everything back"),
    "case.appealed": pgettext_lazy("log", "appealed against a decision"),
    "case.accepted": pgettext_lazy("log", "accepted a decision"),
    "case.gave_way": pgettext_lazy("log", "gave way in a collision"),
    "case.withdrawn": pgettext_lazy("log", "withdrew a collision case"),
    "case.appeal_withdrawn": pgettext_lazy("log", "took an appeal back"),
    "case.escalated": pgettext_lazy("log", "passed an overdue collision on"),
    "case.reminded": pgettext_lazy("log", "reminded of a collision"),
    "case.closed": pgettext_lazy("log", "closed a collision case"),
    "approval.submitted": pgettext_lazy("log", "submitted for approval"),
    "order.begun": pgettext_lazy("log", "began an order"),
    "order.copied": pgettext_lazy("log", "copied an order"),
    "order.submitted": pgettext_lazy("log", "submitted an order"),
    "order.withdrawn": pgettext_lazy("log", "withdrew an order"),
    "order.sent_back": pgettext_lazy("log", "sent an order back"),
    "order.approved": pgettext_lazy("log", "approved an order"),
    "order.cancelled": pgettext_lazy("log", "cancelled an order"),
    "product.added": pgettext_lazy("log", "added a product"),
    "product.restored": pgettext_lazy("log", "restored a product"),
    "price.saved": pgettext_lazy("log", "saved a price"),
    "price.removed": pgettext_lazy("log", "removed a price"),
    "price_book.saved": pgettext_lazy("log", "saved a price book"),
    "payment_plan.created": pgettext_lazy("log", "made a payment plan"),
    "payment_plan.edited": pgettext_lazy("log", "changed a payment plan"),
    "bank_account.opened": pgettext_lazy("log", "added a bank account"),
    "statement.imported": pgettext_lazy("log", "imported a bank statement"),
    "line.posted": pgettext_lazy("log", "posted a bank line"),
    "line.taken_back": pgettext_lazy("log", "took a posting back"),
    "line.set_aside": pgettext_lazy("log", "set a bank line aside"),
    "approval.approve": pgettext_lazy("log", "approved"),
    "approval.send_back": pgettext_lazy("log", "sent back"),
    "approval.add_signer": pgettext_lazy("log", "added a signer"),
    "access.see_as_started": pgettext_lazy("log", "began to look as another member"),
    "access.see_as_ended": pgettext_lazy("log", "stopped looking as another member"),
    "access.seen_as": pgettext_lazy("log", "opened a page as another member"),
    "task.open": pgettext_lazy("log", "reopened a task"),
    "task.done": pgettext_lazy("log", "finished a task"),
    "task.cancelled": pgettext_lazy("log", "cancelled a task"),
    "department.moved": pgettext_lazy("log", "moved a department"),
    "line.undone": pgettext_lazy("log", "took a posting back"),
    "member.account_linked": pgettext_lazy("log", "linked an account of a provider"),
    "member.account_unlinked": pgettext_lazy("log", "unlinked an account of a provider"),
    "member.handed_over": pgettext_lazy("log", "handed over a leaver's records"),
    "member.hand_over_undone": pgettext_lazy("log", "undid a hand-over"),
    "member.roles_changed": pgettext_lazy("log", "changed a member's roles"),
    "members.imported": pgettext_lazy("log", "imported members"),
    "organization.changed": pgettext_lazy("log", "changed the organisation"),
    "organization.deletion_requested": pgettext_lazy(
        "log", "asked for the organisation's deletion"
    ),
    "organization.deletion_cancelled": pgettext_lazy(
        "log", "cancelled the organisation's deletion"
    ),
    "organization.export_requested": pgettext_lazy("log", "asked for all data of the organisation"),
    "organization.export_downloaded": pgettext_lazy(
        "log", "downloaded all data of the organisation"
    ),
    "organization.kept": pgettext_lazy("log", "kept the organisation"),
    "organization.suspended": pgettext_lazy("log", "suspended the organisation"),
    "organization.reactivated": pgettext_lazy("log", "reactivated the organisation"),
    "role.created": pgettext_lazy("log", "created a role"),
    "role.changed": pgettext_lazy("log", "changed a role"),
    "role.deleted": pgettext_lazy("log", "deleted a role"),
    "signin.provider_removed": pgettext_lazy("log", "removed an identity provider"),
    "transfer.requested": pgettext_lazy("log", "asked for a transfer"),
    "transfer.done": pgettext_lazy("log", "transferred records"),
    "transfer.failed": pgettext_lazy("log", "a transfer could not be carried out"),
    "transfer_rule.changed": pgettext_lazy("log", "changed the rule for transfers"),
    "customer.share_ended": pgettext_lazy("log", "the share of a customer ended"),
    "customer.transferred": pgettext_lazy("log", "transferred a customer"),
    "customer.handed_over": pgettext_lazy("log", "handed over a customer"),
    "lead.transferred": pgettext_lazy("log", "transferred a lead"),
    "lead.handed_over": pgettext_lazy("log", "handed over a lead"),
    "lead.shared": pgettext_lazy("log", "shared a lead"),
    "lead.unshared": pgettext_lazy("log", "ended sharing a lead"),
    "lead.share_ended": pgettext_lazy("log", "the share of a lead ended"),
    "opportunity.shared": pgettext_lazy("log", "shared an opportunity"),
    "opportunity.unshared": pgettext_lazy("log", "ended sharing an opportunity"),
    "opportunity.share_ended": pgettext_lazy("log", "the share of an opportunity ended"),
    "opportunity.transferred": pgettext_lazy("log", "transferred an opportunity"),
    "opportunity.handed_over": pgettext_lazy("log", "handed over an opportunity"),
    "order.shared": pgettext_lazy("log", "shared an order"),
    "order.unshared": pgettext_lazy("log", "ended sharing an order"),
    "order.share_ended": pgettext_lazy("log", "the share of an order ended"),
    "order.transferred": pgettext_lazy("log", "transferred an order"),
    "order.handed_over": pgettext_lazy("log", "handed over an order"),
    "transfer.refused": pgettext_lazy("log", "refused a transfer"),
    "transfer.undone": pgettext_lazy("log", "undid a transfer"),
    "transfer.withdrawn": pgettext_lazy("log", "took a transfer back"),
    "approval.deputy_asked": pgettext_lazy("log", "asked the deputy to approve too"),
    "approval.passed_on": pgettext_lazy("log", "passed an approval on"),
}
DETAILS: Mapping[str, Any] = {
    "reason": gettext_lazy("Reason"),
    "token": gettext_lazy("Access token"),
    "access": pgettext_lazy("token", "May"),
    "permissions": gettext_lazy("Permissions"),
    "until": pgettext_lazy("token", "Until"),
    "cutoff": gettext_lazy("Commission cut-off"),
    "ip": pgettext_lazy("log", "IP address"),
    "device": pgettext_lazy("log", "Device"),
    "session": pgettext_lazy("log", "Session"),
    "ways": pgettext_lazy("log", "Way"),
    "title": pgettext_lazy("log", "List"),
    "kind": pgettext_lazy("log", "Kind"),
    "filters": pgettext_lazy("log", "Filters"),
    "rows": pgettext_lazy("log", "Rows"),
    "format": pgettext_lazy("log", "Format"),
    "file": pgettext_lazy("log", "File"),
    "new": pgettext_lazy("log", "New"),
    "known": pgettext_lazy("log", "Known already"),
    "step": pgettext_lazy("log", "Step"),
    "whose": pgettext_lazy("log", "Whose"),
    "role": pgettext_lazy("log", "Role"),
    "roles": pgettext_lazy("log", "Roles"),
    "department": pgettext_lazy("log", "Department"),
    "on": pgettext_lazy("log", "On"),
    "checked": pgettext_lazy("log", "Lines checked"),
    "faults": pgettext_lazy("log", "Faults"),
    "unsealed": pgettext_lazy("log", "Not sealed yet"),
    "number": pgettext_lazy("log", "Number"),
    "name": pgettext_lazy("log", "Name"),
    "count": pgettext_lazy("log", "Count"),
    "why": pgettext_lazy("log", "Why"),
    "before": pgettext_lazy("log", "Before"),
    "after": pgettext_lazy("log", "After"),
    "email": pgettext_lazy("log", "E-mail"),
    "by_operator": pgettext_lazy("log", "By the operator of the platform"),
}
# The ways of signing in, as sessions record them.
WAYS: Mapping[Any, Any] = {
    "password": gettext_lazy("Password"),
    "totp": pgettext_lazy("log", "Code of an app"),
    "webauthn": gettext_lazy("Passkey"),
    "recovery_codes": gettext_lazy("Recovery codes"),
    "sso": pgettext_lazy("log", "Identity provider"),
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
    """The members, departments and other records that a change names by id."""
    model = model_of(kind)
    for name, values in changed(details):
        related = getattr(_field(model, name), "related_model", None)
        if related is not None:
            yield from ((related, value) for value in values if isinstance(value, int))


def names_of(wanted: Iterable[tuple[type[Model], int]]) -> dict[tuple[str, int], str]:
    """The names of the members and departments among these, one query per kind."""
    ids: dict[type[Model], set[int]] = {}
    for model, pk in wanted:
        if model in (Member, Department):
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
        if name in TECHNICAL or (model and fields.right(viewer, model, name) == Right.HIDDEN):
            continue
        label = field_words(model, field, name)
        before, after = (value_in_words(field, value, names) for value in values)
        if model is not None:
            before = fields.shown(viewer, model, name, before)
            after = fields.shown(viewer, model, name, after)
        found.append((label, before or "—", after or "—"))
    return found


def other_details(details: Mapping[str, Any], *, brief: bool = False) -> list[tuple[str, str]]:
    """Everything else a line says; in brief without what has no words of its own."""
    return [
        (str(DETAILS.get(name, name)), _plain(_in_words(name, value)))
        for name, value in details.items()
        if name not in SILENT and value not in (None, "", [], {}) and (name in DETAILS or not brief)
    ]


def _in_words(name: str, value: Any) -> Any:
    """The ways of signing in and the system's reasons by name; everything else as it is."""
    if name == "ways" and isinstance(value, list):
        return [str(WAYS.get(one, one)) for one in value]
    return str(REASONS.get(value, value)) if name == "reason" else value


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return listed(_plain(one) for one in value[:20])
    if isinstance(value, dict):
        return listed(f"{key}: {_plain(one)}" for key, one in list(value.items())[:20])
    return str(value)


def _field(model: type[Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _grants_in_words(grants: Any) -> str:
    """A role's permissions and how far each of them carries."""
    known = {one.name: one for one in permissions()}
    found = []
    for name, stored in sorted(grants.items()) if isinstance(grants, dict) else ():
        label = str(known[name].label) if name in known else name
        scope: Any = stored.get("scope") if isinstance(stored, dict) else stored
        how_far = "" if is_whole(name) else str(dict(Scope.choices).get(scope, ""))
        found.append(f"{label} ({how_far})" if how_far else label)
    return _(", ").join(found)


def value_in_words(field: Any, value: Any, names: Names) -> str:
    """A value as the trigger wrote it (JSON of the column), as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if field is None:
        return _plain(value)
    if field.model is Role and field.name == "grants":
        return _grants_in_words(value)
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
