"""One record becomes the two it was: exactly, except for what changed since."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access import policy
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import RecordKind
from leads.merge_values import read, stored
from leads.models import ClientSplit, CompanyAlias, Contact, Customer, Lead, Merge, MergeStep
from leads.references import Reference, check_obstacles, references_to
from leads.selectors.addresses import page_of
from leads.services import case_hands
from leads.services.case_decisions import ask_again
from leads.services.cases import locked_case
from leads.services.identity import forget, forget_alias, index, kind_of, point_back
from leads.services.merging.doing import locked_pair
from leads.services.merging.journal import write
from leads.services.refusals import WrongState

MODELS: dict[str, type[Any]] = {
    RecordKind.CUSTOMER.value: Customer,
    RecordKind.LEAD.value: Lead,
    RecordKind.CONTACT.value: Contact,
}
VIEW = {Customer: "leads.view_customer", Lead: "leads.view_lead"}
Row = tuple[str, int]


@dataclass
class Outcome:
    """What an undo gave back, and what stays with the kept record because it is newer."""

    restored: int = 0
    stayed: list[tuple[MergeStep, int]] = field(default_factory=list)


def pair_of(found: Merge) -> tuple[Any, Any]:
    """The two records, wherever they are now."""
    kept = MODELS[found.kept_kind].every.get(pk=found.kept_id)
    return kept, MODELS[found.gone_kind].every.get(pk=found.gone_id)


def why_not(found: Merge, reader: Member) -> str:
    """Why this merge cannot be undone now, in words; empty when it can."""
    try:
        check(found, *pair_of(found), by=reader)
    except Refused as reason:
        return str(reason)
    return ""


def check(found: Merge, kept: Any, gone: Any, *, by: Member | None) -> None:
    """Raise the refusal, if there is one: a record that `by` may not see is not named in it."""
    if not found.is_in_force:
        raise WrongState(_("This merge has been undone already."))
    if not found.can_undo:
        raise WrongState(_("This merge is older than 30 days and can no longer be undone."))
    if kept.merged_into_id:
        words = _("“%(name)s” has itself been merged into “%(other)s”. Undo that merge first.")
        raise WrongState(words % {"name": kept, "other": _named(kept.merged_into, by)})
    later = _entangled(found)
    if later is not None:
        raise WrongState(
            _("The later merge of “%(name)s” touched the same rows. Undo that one first.")
            % {"name": later.gone_title}
        )
    if isinstance(gone, Customer) and gone.credit_code:
        others = Customer.objects.filter(credit_code=gone.credit_code)
        taken = others.exclude(pk__in=[kept.pk, gone.pk]).first()
        if taken is None and kept.credit_code == gone.credit_code:
            taken = kept if _newer(found, kept, "credit_code") else None
        if taken is not None:
            words = _(
                "The credit code of “%(name)s” belongs to “%(other)s” now. Change it there first."
            )
            raise WrongState(words % {"name": gone, "other": _named(taken, by)})
    check_obstacles(kept, gone)


def _named(record: Any, reader: Member | None) -> str:
    """The record's name, for whoever may see it."""
    if reader is not None and policy.allowed(reader, VIEW[type(record)], record):
        return str(record)
    return _("a client you cannot see")


def _newer(found: Merge, kept: Any, name: str) -> bool:
    """Whether the kept record's value is not the one the merge gave it: undo would leave it."""
    label = type(kept)._meta.label_lower
    steps = found.steps.filter(model=label, column="", before_id=kept.pk)
    given = next((one.values[name] for one in steps if name in one.values), None)
    return given is None or read(kept, name) != given[1]


def _entangled(found: Merge) -> Merge | None:
    """A later merge into the same record that touched rows of this one."""
    later = Merge.objects.filter(
        kept_kind=found.kept_kind,
        kept_id=found.kept_id,
        undone_at__isnull=True,
        pk__gt=found.pk,
    ).order_by("-pk")
    mine = set(_touched(found))
    return next((one for one in later if mine & set(_touched(one))), None)


def _touched(found: Merge) -> Iterator[Row]:
    """Every row that a merge moved, changed or led to, without the two records themselves."""
    own = {
        (MODELS[found.kept_kind]._meta.label_lower, found.kept_id),
        (MODELS[found.gone_kind]._meta.label_lower, found.gone_id),
    }
    for step in found.steps.all():
        rows = {(step.model, pk) for pk in step.record_ids}
        if step.column not in ("", "pk", "row", "learned"):
            target = _target_of(step)
            if target:
                rows |= {(target, step.before_id), (target, step.after_id or 0)}
        yield from rows - own


def _target_of(step: MergeStep) -> str:
    """What a moved row points at."""
    field_: Any = apps.get_model(step.model)._meta.get_field(step.column)
    return field_.related_model._meta.label_lower if field_.is_relation else ""


@transaction.atomic
def undo(*, merge_id: int, by: Member | None) -> Merge:
    """Take a merge back within thirty days; what changed since stays with the kept record.

    A case that was decided by it is closed and says so; two reps' records are asked about anew.
    """
    case_id = Merge.objects.values_list("case_id", flat=True).get(pk=merge_id)
    if case_id is not None:
        locked_case(case_id)  # before its records, as the merge did
    found = take_back(merge_id=merge_id, by=by)
    if case_id is not None and by is not None:
        ask_again(case_id=case_id, records=pair_of(found), by=by)
    return found


@transaction.atomic
def take_back(*, merge_id: int, by: Member | None) -> Merge:
    """The undo itself: also that of a decision which an appeal overturns."""
    found: Merge = Merge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge_id)
    kept, gone = locked_pair(*pair_of(found))
    check(found, kept, gone, by=by)
    outcome = Outcome()
    steps = list(found.steps.order_by("-pk"))
    for step in steps:
        _take_back(found, step, outcome)
    now = timezone.now()
    for one in (kept, gone):
        model = type(one)
        model.every.filter(pk=one.pk).update(
            merged_into=None, version=F("version") + 1, updated_at=now
        )
    for step in steps:
        if step.column == "learned":
            point_back(step.values)
    _reindex(found)
    for one in (kept, gone):
        case_hands.note(kind_of(one), [one.pk])
    found.undone_at, found.undone_by = now, by
    found.save(update_fields=["undone_at", "undone_by"])
    said = {"merge": found.pk, "stayed": sum(number for _step, number in outcome.stayed)}
    audit.record(f"{found.kept_kind}.merge_undone", target=kept, other=found.gone_title, **said)
    audit.record(f"{found.gone_kind}.merge_undone", target=gone, other=found.kept_title, **said)
    notify(
        member_ids={kept.owner_id, gone.owner_id} - {None},
        kind=NotificationKind.MERGE_UNDONE,
        title=found.gone_title,
        url=page_of(found.gone_kind, found.gone_id),
    )
    return found


def _take_back(found: Merge, step: MergeStep, outcome: Outcome) -> None:
    if step.column == "pk":
        _remove(step, outcome)
    elif step.column == "row":
        _put_back(step)
    elif step.column == "learned":
        return  # when both records are there again
    elif step.column:
        _move_back(step, outcome)
    else:
        _change_back(found, step, outcome)


def _reference_of(step: MergeStep) -> tuple[Reference, type[Model]]:
    """The reference that was moved, and the model of the record it points at."""
    for target in MODELS.values():
        for one in references_to(target):
            if (one.label, one.column) == (step.model, step.column):
                if not one.kind_column:
                    return one, target
                kinds = {one.written(model): model for model in MODELS.values()}
                row = one.model._base_manager.filter(pk__in=step.record_ids).first()
                kind = getattr(row, one.kind_column, "")
                return one, kinds.get(kind, target)
    raise LookupError(f"{step.model}.{step.column} moved and is no reference any more")


def _move_back(step: MergeStep, outcome: Outcome) -> None:
    """Rows that still point where the merge pointed them go back; others were moved on since."""
    one, target = _reference_of(step)
    rows = one.rows(target, step.after_id or 0).filter(pk__in=step.record_ids)
    held = set(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    for clash, _same in one.clashing(
        one.model._base_manager.filter(pk__in=held), target, step.before_id
    ):
        held -= set(clash.values_list("pk", flat=True))
    one.model._base_manager.filter(pk__in=held).update(**{one.attname: step.before_id})
    outcome.restored += len(held)
    if len(held) < len(step.record_ids):
        outcome.stayed.append((step, len(step.record_ids) - len(held)))


def _change_back(found: Merge, step: MergeStep, outcome: Outcome) -> None:
    """A row gets its values back, unless one of them has changed since."""
    model = apps.get_model(step.model)
    row = model._base_manager.filter(pk=step.before_id).first()
    if _handed_down(found, step):
        return
    if row is None or any(read(row, name) != new for name, (_old, new) in step.values.items()):
        outcome.stayed.append((step, 1))
        return
    write([row], model, {name: old for name, (old, _new) in step.values.items()})
    outcome.restored += 1


def _handed_down(found: Merge, step: MergeStep) -> bool:
    """A later merge changed the same values on: it is that one's undo that gives them back."""
    later = MergeStep.objects.filter(
        model=step.model,
        column="",
        before_id=step.before_id,
        merge__undone_at__isnull=True,
        merge_id__gt=found.pk,
    ).order_by("pk")
    for one in later:
        if set(one.values) == set(step.values) and all(
            one.values[name][0] == new for name, (_old, new) in step.values.items()
        ):
            one.values = {
                name: [old, one.values[name][1]] for name, (old, _new) in step.values.items()
            }
            one.save(update_fields=["values"])
            return True
    return False


def _put_back(step: MergeStep) -> None:
    """A row that the merge made needless is there again, under its own number."""
    model = apps.get_model(step.model)
    values = stored(model, step.values)
    model._base_manager.bulk_create([model(**values)], ignore_conflicts=True)
    rows = model._base_manager.filter(pk=values.pop("id"))
    rows.update(**{name: value for name, value in values.items() if name != "organization_id"})


def _remove(step: MergeStep, outcome: Outcome) -> None:
    """What the merge made goes; a contact stays when something hangs on it by now."""
    if step.model == CompanyAlias._meta.label_lower:
        for pk in CompanyAlias.objects.filter(pk__in=step.record_ids).values_list("pk", flat=True):
            forget_alias(alias_id=pk)
        return
    if step.model == ClientSplit._meta.label_lower:
        # orders entered meanwhile keep the credit they had
        ClientSplit.objects.filter(pk__in=step.record_ids).update(over_at=timezone.now())
        return
    contact = Contact.objects.filter(pk__in=step.record_ids).first()
    if contact is None:
        return
    if any(one.rows(Contact, contact.pk).exists() for one in references_to(Contact)):
        outcome.stayed.append((step, 1))
        return
    forget(contact)
    try:
        contact.delete()
    except ProtectedError:
        outcome.stayed.append((step, 1))


def _reindex(found: Merge) -> None:
    """Both records and their people are in the index as they are."""
    for one in pair_of(found):
        index(one)
        if isinstance(one, Customer):
            for contact in Contact.objects.filter(customer=one):
                index(contact)
