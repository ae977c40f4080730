"""The cut-off of commission where the decision of a case gave a client to somebody else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from crm.people.models import Member
from crm.sharing.selectors.commission import ChangeOfHand
from leads.enums import DecisionKind, RecordKind
from leads.models import CollisionCase, CollisionDecision, CollisionRecord, Merge
from leads.selectors.case_evidence import Dossier

KINDS = {"leads.lead": RecordKind.LEAD, "leads.customer": RecordKind.CUSTOMER}


def changes_by_cases(key: str, ids: Collection[int]) -> Mapping[int, Sequence[ChangeOfHand]]:
    """The decisions that gave these leads or customers away and stand, by record.

    An overturned one does not. As many questions for many records as for one.
    """
    kind = KINDS.get(key)
    if kind is None:
        return {}
    # what a case was about leads on to what it was merged into
    inside = CollisionRecord.objects.filter(record_kind=kind, record_id__in=_places(kind, ids))
    rows = CollisionDecision.objects.filter(case__in=inside.values("case_id"))
    wanted = {str(pk): pk for pk in ids}
    moves = [
        (wanted[pk], change, decisions[0], decisions[-1])
        for decisions in _standing(rows.order_by("case_id", "level"))
        for change in decisions[0].changes
        if change["what"] == "owner" and change["key"] == key
        for pk in wanted.keys() & change["rows"].keys()
    ]
    people = _people(change for _pk, change, *_ in moves)
    found: dict[int, list[ChangeOfHand]] = {}
    # who decides on appeal may leave the decision as it is and set another day
    for pk, change, moved, last in moves:
        giver, receiver = people.get(change["giver"]), people[change["receiver"]]
        one = ChangeOfHand(moved.decided_at, giver, receiver, last.commission_cutoff)
        found.setdefault(pk, []).append(one)
    return found


def _standing(rows: Iterable[CollisionDecision]) -> list[list[CollisionDecision]]:
    """Of each case the decision that stands, with those that upheld it."""
    standing: dict[int, list[CollisionDecision]] = {}
    for one in rows:
        upheld = one.kind == DecisionKind.UPHELD
        standing[one.case_id] = [*standing.get(one.case_id, ()), one] if upheld else [one]
    return list(standing.values())


def _people(changes: Iterable[Mapping[str, Any]]) -> dict[int, Member]:
    """Who gave and who got."""
    ids = {one[side] for one in changes for side in ("giver", "receiver")}
    found: dict[int, Member] = Member.objects.in_bulk({one for one in ids if one})
    return found


def _places(kind: RecordKind, ids: Collection[int]) -> set[int]:
    """These records and what they became part of, one after the other."""
    rows = Merge.objects.filter(gone_kind=kind, kept_kind=kind, undone_at=None)
    found, ahead = set(ids), set(ids)
    while ahead:
        ahead = set(rows.filter(gone_id__in=ahead).values_list("kept_id", flat=True)) - found
        found |= ahead
    return found


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
