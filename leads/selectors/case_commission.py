"""The cut-off of commission where the decision of a case gave a client to somebody else."""

from collections.abc import Sequence
from datetime import date

from crm.people.models import Member
from crm.sharing.selectors.commission import ChangeOfHand
from leads.enums import DecisionKind, RecordKind
from leads.models import CollisionCase, CollisionDecision, CollisionRecord, Merge
from leads.selectors.case_evidence import Dossier

KINDS = {"leads.lead": RecordKind.LEAD, "leads.customer": RecordKind.CUSTOMER}


def changes_by_cases(key: str, pk: int) -> Sequence[ChangeOfHand]:
    """The decisions that gave this lead or customer away and stand; an overturned one does not."""
    kind = KINDS.get(key)
    if kind is None:
        return []
    # what a case was about leads on to what it was merged into
    places = [pk, *_merged_into(kind, pk)]
    inside = CollisionRecord.objects.filter(record_kind=kind, record_id__in=places).values(
        "case_id"
    )
    rows = CollisionDecision.objects.filter(case__in=inside).order_by("case_id", "level")
    standing: dict[int, list[CollisionDecision]] = {}
    for one in rows:
        upheld = one.kind == DecisionKind.UPHELD
        standing[one.case_id] = [*standing.get(one.case_id, ()), one] if upheld else [one]
    moves = [
        (change, decisions[0], decisions[-1])
        for decisions in standing.values()
        for change in decisions[0].changes
        if change["what"] == "owner" and change["key"] == key and str(pk) in change["rows"]
    ]
    ids = {change[side] for change, *_ in moves for side in ("giver", "receiver")}
    people = Member.objects.in_bulk({one for one in ids if one})
    # who decides on appeal may leave the decision as it is and set another day
    return [
        ChangeOfHand(
            moved.decided_at,
            people.get(change["giver"]),
            people[change["receiver"]],
            last.commission_cutoff,
        )
        for change, moved, last in moves
    ]


def _merged_into(kind: RecordKind, pk: int) -> list[int]:
    """The records it became part of, one after the other."""
    rows = Merge.objects.filter(gone_kind=kind, kept_kind=kind, undone_at=None)
    found: list[int] = []
    while True:
        kept = rows.filter(gone_id=found[-1] if found else pk).values_list("kept_id", flat=True)
        into = kept.first()
        if into is None or into in found:
            return found
        found.append(into)


def cutoff_under_appeal(case: CollisionCase) -> date | None:
    """The day the last decision set: it stands unless another one is chosen."""
    found: date | None = (
        case.decisions.order_by("-level").values_list("commission_cutoff", flat=True).first()
    )
    return found


def sold_by(dossier: Dossier) -> str:
    """Who keeps which orders whatever is decided: "王磊 2 · 李娜 1"."""
    sold = [(one.party.member.name, len(one.orders)) for one in dossier.sides.values()]
    return " · ".join(f"{name} {count}" for name, count in sold if count)
