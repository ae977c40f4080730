"""A lead becomes part of a customer: it is converted, and the journal says what that did."""

from collections.abc import Sequence
from typing import Any

from crm.people.models import Member
from leads.enums import RecordKind
from leads.merge_values import Values, read
from leads.models import (
    ClientSplit,
    CollisionCase,
    CollisionRecord,
    Contact,
    Customer,
    FollowUp,
    Lead,
)
from leads.services.conversion import convert_lead
from leads.services.merging.journal import Journal

OF_LEAD = ("status", "customer", "converted_at")
OF_FOLLOW_UP = ("customer", "opportunity")
OF_RECORD = ("record_kind", "record_id", "explanation")
OF_CASE = ("subject_kind", "subject_id")


def attach(journal: Journal, kept: Customer, gone: Lead, by: Member | None) -> None:
    """Convert the lead into the customer and write down every row that the conversion touched."""
    told = _as_they_are(FollowUp.objects.filter(lead=gone), OF_FOLLOW_UP)
    lead = _as_they_are(Lead.every.filter(pk=gone.pk), OF_LEAD)
    inside = CollisionRecord.objects.filter(record_kind=RecordKind.LEAD, record_id=gone.pk)
    cases = CollisionCase.objects.filter(pk__in=inside.values("case_id"))
    # the customer may be in the same case as a newcomer's: the conversion makes the two rows one
    rows = _as_they_are(CollisionRecord.objects.filter(case__in=list(cases)), OF_RECORD)
    subjects = _as_they_are(cases, OF_CASE)
    seen, people = kept.last_follow_up_at, set(_people_of(kept))
    shared = set(_splits_of(kept).values_list("pk", flat=True))
    result = convert_lead(lead_id=gone.pk, by=by, customer_id=kept.pk)  # type: ignore[arg-type]
    for before, names in (
        (lead, OF_LEAD), (told, OF_FOLLOW_UP), (rows, OF_RECORD), (subjects, OF_CASE)
    ):  # fmt: skip
        _note(journal, before, names)
    if result.contact is not None and result.contact.pk not in people:
        journal.created(result.contact)
    for one in _splits_of(kept).exclude(pk__in=shared):
        journal.created(one)
    # the conversion moved it on already; the caller's own block writes it down
    Customer.every.filter(pk=kept.pk).update(last_follow_up_at=seen)
    journal.count += len(told)


def _splits_of(customer: Customer) -> Any:
    return ClientSplit.objects.filter(record_kind=RecordKind.CUSTOMER, record_id=customer.pk)


def _people_of(customer: Customer) -> Any:
    return Contact.objects.filter(customer=customer).values_list("pk", flat=True)


def _as_they_are(rows: Any, names: Sequence[str]) -> list[tuple[Any, Values]]:
    """Rows with the columns that the conversion may change."""
    return [(one, {name: read(one, name) for name in names}) for one in rows.order_by("pk")]


def _note(journal: Journal, rows: Sequence[tuple[Any, Values]], names: Sequence[str]) -> None:
    """What became of rows that were read before; those that are gone come back the last."""
    left = {one.pk: one for one in _left_of(rows)}
    for one, _before in rows:
        if one.pk not in left:
            journal.removed(one)
    for one, before in rows:
        if one.pk in left:
            journal.note(left[one.pk], {name: before[name] for name in names})


def _left_of(rows: Sequence[tuple[Any, Values]]) -> Any:
    if not rows:
        return []
    return type(rows[0][0])._base_manager.filter(pk__in=[one.pk for one, _before in rows])
