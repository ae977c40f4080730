"""What a merge would do, what one did, and who may look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.access import fields as rights
from crm.access import policy
from crm.people.models import Member
from crm.web import formats
from leads.enums import RecordKind
from leads.merge_blocks import BOTH, GONE, KEPT, Block, blocks_for, choices_of
from leads.merge_values import read, stored
from leads.models import Customer, Lead, Merge, MergeStep
from leads.references import name_and_open, references_to
from leads.selectors.candidates import identity_of
from leads.selectors.customers import visible_customers
from leads.selectors.identity import find_similar
from leads.selectors.leads import visible_leads
from leads.selectors.merge_twins import twins_of
from leads.selectors.wording import names_of, value_in_words

CUSTOMERS, LEADS, ATTACH = "customer", "lead", "attach"
# Of an address merges/<kind>/…: the model that is kept, and the one that goes.
MODELS: dict[str, tuple[type[Any], type[Any]]] = {
    CUSTOMERS: (Customer, Customer),
    LEADS: (Lead, Lead),
    ATTACH: (Customer, Lead),
}
PERMISSIONS: dict[type[Any], str] = {
    Customer: "leads.merge_customer",
    Lead: "leads.merge_lead",
}


@dataclass(frozen=True)
class Line:
    """One block of the two records side by side."""

    key: str
    label: str
    mine: str
    theirs: str
    # "" where there is nothing to choose
    pick: str = ""
    can_join: bool = False

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs

    @property
    def is_open(self) -> bool:
        return bool(self.pick)


@dataclass(frozen=True)
class Load:
    """So many rows of one kind that move, so many of them unfinished."""

    label: str
    count: int
    unfinished: int | None = None


@dataclass(frozen=True)
class Preview:
    """What the screen shows before anything happens; the differing lines first."""

    lines: Sequence[Line]
    same: Sequence[Line]
    loads: Sequence[Load] = field(default=())

    @property
    def total(self) -> int:
        return sum(one.count for one in self.loads)


def record_or_404(member: Member, model: type[Any], pk: int) -> Any:
    """A record that this member may merge."""
    rows = model.objects.select_related("owner", "department")
    return policy.get_or_404(member, rows, PERMISSIONS[model], pk)


def preview(kept: Any, gone: Any, member: Member, picks: dict[str, str] | None = None) -> Preview:
    """The two records side by side, and what moves."""
    names = names_of(_referred(kept, gone))
    found = [
        _line(block, kept, gone, member, names, (picks or {}).get(block.key, ""))
        for block in blocks_for(type(kept), type(gone))
    ]
    found = [one for one in found if one.mine or one.theirs]
    return Preview(
        [one for one in found if one.differs],
        [one for one in found if not one.differs],
        list(loads_of(kept, gone)),
    )


def _referred(*records: Any) -> Iterator[tuple[type[Any], int]]:
    for record in records:
        if record.owner_id:
            yield Member, record.owner_id


def _line(block: Block, kept: Any, gone: Any, member: Member, names: Any, wished: str) -> Line:
    possible = choices_of(block, kept, gone, member)
    pick = ""
    if len(possible) > 1:
        pick = wished if wished in possible else possible[0]
    return Line(
        key=block.key,
        label=str(block.label),
        mine=_words(block.shown, kept, member, names),
        theirs=_words(_given(block), gone, member, names),
        pick=pick,
        can_join=BOTH in possible,
    )


def _given(block: Block) -> tuple[str, ...]:
    pairs = zip(block.columns, block.given, strict=True)
    return tuple(theirs for mine, theirs in pairs if mine in block.shown)


def _words(columns: Sequence[str], record: Any, member: Member, names: Any) -> str:
    """The values of a block as this reader may see them."""
    model, found = type(record), []
    for name in columns:
        one = model._meta.get_field(name)
        raw = getattr(record, one.attname)
        if raw in (None, ""):
            continue
        seen = rights.shown(member, model, name, raw)
        if seen in (None, ""):
            continue
        if name == "phone":
            found.append(formats.phone(str(seen)))
        else:
            found.append(value_in_words(model, name, raw, names) if seen == raw else str(seen))
    return " · ".join(found)


def loads_of(kept: Any, gone: Any) -> Iterator[Load]:
    """What will move: what hangs on the record that goes and is not there on the kept one too."""
    if type(kept) is not type(gone):
        from_lead = gone.follow_ups.count()
        if from_lead:
            yield Load(_("Follow-ups"), from_lead)
        return
    model = type(gone)
    twins = [one.pk for one in twins_of(kept, gone)] if model is Customer else []
    found: dict[str, tuple[int, int | None]] = {}
    for one in references_to(model):
        label, unfinished = name_and_open(one)
        leave = twins if one.label == "leads.contact" else []
        rows = one.moving(model, gone.pk, kept.pk, leave=leave)
        count = rows.count()
        if not count:
            continue
        still = rows.filter(unfinished).count() if unfinished is not None else None
        known, before = found.get(label, (0, None))
        together = still if before is None else before + (still or 0)
        found[label] = (known + count, together)
    for label, (count, still) in sorted(found.items(), key=lambda pair: -pair[1][0]):
        yield Load(label, count, still)


def visible_merges(member: Member) -> QuerySet[Merge]:
    """The merges whose kept record the member may merge; undone, both: each is a client again."""
    kept = gone = Q(pk__in=[])
    for kind, model in ((RecordKind.CUSTOMER, Customer), (RecordKind.LEAD, Lead)):
        if policy.reach_of(member, PERMISSIONS[model]) is None:
            continue
        mine = policy.visible(member, model.every.all(), PERMISSIONS[model])
        kept |= Q(kept_kind=kind, kept_id__in=mine.values("pk"))
        gone |= Q(gone_kind=kind, gone_id__in=mine.values("pk"))
    return Merge.objects.filter(kept & (Q(undone_at=None) | gone))


def merges_of(record: Any) -> QuerySet[Merge]:
    """The merges that made this record what it is, the latest first."""
    kind = RecordKind.CUSTOMER if isinstance(record, Customer) else RecordKind.LEAD
    found = Merge.objects.filter(kept_kind=kind, kept_id=record.pk, undone_at__isnull=True)
    return found.select_related("by").order_by("-pk")


def candidates_for(record: Any, member: Member, text: str = "") -> list[Any]:
    """Records that this one can be merged with and the member may merge: similar ones first."""
    me = (RecordKind.CUSTOMER if isinstance(record, Customer) else RecordKind.LEAD, record.pk)
    matches = find_similar(identity_of(record), excluding=[(str(me[0]), me[1])], limit=20)
    ids: dict[str, list[int]] = {RecordKind.CUSTOMER.value: [], RecordKind.LEAD.value: []}
    for match in matches:
        ids[match.kind.value].append(match.record_id)
    found: list[Any] = []
    for kind, model in ((RecordKind.CUSTOMER, Customer), (RecordKind.LEAD, Lead)):
        if isinstance(record, Customer) and model is Lead:
            continue
        if policy.reach_of(member, PERMISSIONS[model]) is None:
            continue
        wanted: Any = ids[kind.value]
        rows = _reachable(member, model).filter(pk__in=wanted).select_related("owner")
        found += sorted(rows, key=lambda one: wanted.index(one.pk))
    return found


def _reachable(member: Member, model: type[Any]) -> QuerySet[Any]:
    if model is Customer:
        return visible_customers(member, PERMISSIONS[Customer])
    return visible_leads(member, PERMISSIONS[Lead])


def steps_of(found: Merge) -> list[Load]:
    """What a merge moved, kind by kind: counted as its preview was."""
    counts: dict[str, int] = {}
    moved = {(one.label, one.column) for one in references_to(_model_of(found.kept_kind))}
    for step in found.steps.all():
        if found.kept_kind == found.gone_kind:
            is_moved = (step.model, step.column) in moved and step.before_id == found.gone_id
        else:
            is_moved = (step.model, step.column) == ("leads.followup", "")
        if is_moved:
            label = _step_label(step)
            counts[label] = counts.get(label, 0) + len(step.record_ids)
    return [Load(label, count) for label, count in sorted(counts.items(), key=lambda one: -one[1])]


def _step_label(step: MergeStep) -> str:
    for model in (Customer, Lead):
        for one in references_to(model):
            if (one.label, one.column) == (step.model, step.column):
                return name_and_open(one)[0]
    return str(apps.get_model(step.model)._meta.verbose_name_plural)


def lines_before(found: Merge, kept: type[Any], gone: type[Any], member: Member) -> list[Line]:
    """What both records said before the merge, and whose word was taken."""
    owners = [one.get("owner_id") for one in (found.kept_before, found.gone_before)]
    names = names_of((Member, pk) for pk in owners if pk)
    lines = [
        Line(
            key=block.key,
            label=str(block.label),
            mine=_words(block.shown, past(kept, found.kept_before), member, names),
            theirs=_words(_given(block), past(gone, found.gone_before), member, names),
            pick=found.picks.get(block.key, KEPT),
        )
        for block in blocks_for(kept, gone)
    ]
    return [one for one in lines if one.mine or one.theirs]


def past(model: type[Any], values: Mapping[str, Any]) -> Any:
    """A record as the journal has it, never to be saved."""
    return model(**stored(model, values))


def what_stays(found: Merge) -> list[Load]:
    """What an undo leaves with the kept record, because it changed or came after the merge."""
    stays: dict[str, int] = {}
    moved: dict[tuple[str, str], list[int]] = {}
    kept = _model_of(found.kept_kind)
    for step in found.steps.all():
        if step.column in ("pk", "learned", "row"):
            continue
        label = _step_label(step)
        if step.column:
            moved.setdefault((step.model, step.column), []).extend(step.record_ids)
            left = len(step.record_ids) - _still_there(step)
        else:
            row = apps.get_model(step.model)._base_manager.filter(pk=step.before_id).first()
            is_same = row is not None and all(
                read(row, name) == new for name, (_old, new) in step.values.items()
            )
            left = 0 if is_same else 1
            if step.model == kept._meta.label_lower:
                label = _block_label(kept, step)
        if left:
            stays[label] = stays.get(label, 0) + left
    for one in references_to(kept) if found.kept_kind == found.gone_kind else ():
        clock = next((name for name in CLOCKS if name in _columns(one.model)), "")
        if clock:
            rows = one.rows(kept, found.kept_id).filter(**{f"{clock}__gt": found.at})
            newer = rows.exclude(pk__in=moved.get((one.label, one.column), ())).count()
            label = name_and_open(one)[0]
            if newer:
                stays[label] = stays.get(label, 0) + newer
    return [Load(label, count) for label, count in stays.items()]


# When a row was made, by its model's own name for it.
CLOCKS = ("created_at", "granted_at", "joined_at", "asked_at", "started_at", "at")


def _columns(model: type[Any]) -> set[str]:
    return {one.name for one in model._meta.concrete_fields}


def _model_of(kind: str) -> type[Any]:
    return Customer if kind == RecordKind.CUSTOMER else Lead


def _still_there(step: MergeStep) -> int:
    """How many of the moved rows are where the merge put them."""
    model = apps.get_model(step.model)
    attname = model._meta.get_field(step.column).attname
    rows = model._base_manager.filter(pk__in=step.record_ids, **{attname: step.after_id})
    return int(rows.count())


def _block_label(model: type[Any], step: MergeStep) -> str:
    """The field of the kept record that a step changed."""
    for block in (*blocks_for(model, model), *blocks_for(Customer, Lead)):
        if set(block.columns) == set(step.values):
            return str(block.label)
    name = next(iter(step.values))
    return str(model._meta.get_field(name).verbose_name)


__all__ = [
    "ATTACH",
    "CUSTOMERS",
    "GONE",
    "KEPT",
    "LEADS",
    "MODELS",
    "PERMISSIONS",
    "Line",
    "Load",
    "Preview",
    "candidates_for",
    "lines_before",
    "loads_of",
    "merges_of",
    "preview",
    "record_or_404",
    "steps_of",
    "visible_merges",
    "what_stays",
]
