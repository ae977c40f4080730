"""Early warnings kept up to date: what changed every few minutes, everything once a night.

Both do the same to a chunk of records in a transaction of its own: foresee, write down, close what
is over. The night's sweep remembers how far it has come, rests between chunks, and may be cut off.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q
from django.utils import timezone

from crm import jobs
from crm.tenancy.context import tenant_context
from leads.enums import RecordKind, RiskFactor, RiskState
from leads.forewarning import SHOWN_FROM, Factor
from leads.models import CollisionRisk, CollisionWatch, Customer, Lead
from leads.selectors.judgements import Both, Pair
from leads.selectors.risk_candidates import Foreseen, Outlook
from leads.selectors.risks import in_common_cases

CHUNK = 500
# Rest as large a part of each chunk's time: pages in the meantime stay as fast as ever.
REST = 0.25
# Records are dated before they can be seen: look a little further back each time.
OVERLAP = timedelta(minutes=5)
KINDS = ((RecordKind.CUSTOMER.value, Customer), (RecordKind.LEAD.value, Lead))
REASON = "early warning"
KEPT = (
    "left_owner_id", "right_owner_id", "left_department_id", "right_department_id",
    "probability", "score", "main_factor", "factors", "reasons",
)  # fmt: skip
T = TypeVar("T")


def watch() -> CollisionWatch:
    """How far the watch over the organisation has come."""
    found, _is_new = CollisionWatch.objects.get_or_create()
    return found


def look_at(
    records: Collection[Pair], outlook: Outlook | None = None, *, until: Pair | None = None
) -> int:
    """Foresee what these records may collide with; returns how many pairs are at risk.

    With `until` pairs with a record after it are left alone: that one's turn comes.
    """
    outlook = outlook or Outlook()
    found = {one.both: one for one in outlook.around(records, until=until)}
    risks = _open_risks_of(records)
    known = [risk for risk in risks if until is None or max(risk.left, risk.right) <= until]
    rest = {(risk.left, risk.right) for risk in known} - found.keys()
    found.update({one.both: one for one in outlook.between(rest)})
    at_risk = [one for one in found.values() if one.forecast.probability >= SHOWN_FROM]
    keep(at_risk, at=outlook.now)
    still = {one.both for one in at_risk}
    _close([risk for risk in known if (risk.left, risk.right) not in still], at=outlook.now)
    return len(at_risk)


def look_at_pairs(pairs: Iterable[Both], outlook: Outlook) -> int:
    """Foresee what becomes of these pairs."""
    found = outlook.between(pairs)
    at_risk = [one for one in found if one.forecast.probability >= SHOWN_FROM]
    keep(at_risk, at=outlook.now)
    return len(at_risk)


def keep(found: Sequence[Foreseen], *, at: datetime) -> None:
    """Write pairs down; what people have decided about one stays."""
    rows = {one.both: _row(one, at) for one in found}
    known = _known(rows)
    CollisionRisk.objects.bulk_create(
        [row for both, row in rows.items() if both not in known],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    changed, same = [], []
    for both, risk in known.items():
        if risk.state not in (RiskState.OPEN, RiskState.RESOLVED):
            continue
        fresh = rows[both]
        is_back = risk.state == RiskState.RESOLVED
        if not is_back and all(getattr(risk, name) == getattr(fresh, name) for name in KEPT):
            same.append(risk.pk)
            continue
        for name in KEPT:
            setattr(risk, name, getattr(fresh, name))
        if is_back:
            risk.state, risk.closed_at, risk.first_seen_at = RiskState.OPEN, None, at
        risk.last_seen_at = at
        changed.append(risk)
    fields = [name.removesuffix("_id") for name in KEPT]
    CollisionRisk.objects.bulk_update(
        changed, [*fields, "state", "closed_at", "first_seen_at", "last_seen_at"], batch_size=500
    )
    CollisionRisk.objects.filter(pk__in=same).update(last_seen_at=at)
    _hand_to_cases(rows.keys(), at=at)


def _row(one: Foreseen, at: datetime) -> CollisionRisk:
    expected = one.forecast
    return CollisionRisk(
        left_kind=one.left.pair[0],
        left_id=one.left.pair[1],
        right_kind=one.right.pair[0],
        right_id=one.right.pair[1],
        left_owner_id=one.left.owner_id,
        right_owner_id=one.right.owner_id,
        left_department_id=one.left.department_id,
        right_department_id=one.right.department_id,
        probability=round(expected.probability * 100),
        score=round(expected.match.score * 100),
        main_factor=_main(expected.factors),
        factors=[factor.as_dict() for factor in expected.factors],
        # without their values: a number or an address is nobody else's business
        reasons=[reason.code.value for reason in expected.match.reasons],
        first_seen_at=at,
        last_seen_at=at,
    )


def _main(factors: Sequence[Factor]) -> str:
    """The weightiest but for "has no owner": no likeness, and not everybody may know it."""
    codes = [factor.code for factor in factors]
    return next((code for code in codes if code != RiskFactor.POOL), codes[0])


def _known(pairs: Collection[Both]) -> dict[Both, CollisionRisk]:
    if not pairs:
        return {}
    lefts, rights = {left[1] for left, _ in pairs}, {right[1] for _, right in pairs}
    rows = CollisionRisk.objects.filter(left_id__in=lefts, right_id__in=rights).order_by("pk")
    found = {(risk.left, risk.right): risk for risk in rows}
    return {both: risk for both, risk in found.items() if both in pairs}


def _open_risks_of(records: Collection[Pair]) -> Iterable[CollisionRisk]:
    wanted = Q(pk__in=[])
    for kind, _model in KINDS:
        ids = [pk for own, pk in records if own == kind]
        if ids:
            wanted |= Q(left_kind=kind, left_id__in=ids) | Q(right_kind=kind, right_id__in=ids)
    return CollisionRisk.objects.filter(wanted, state=RiskState.OPEN).order_by("pk")


def _close(gone: Sequence[CollisionRisk], *, at: datetime) -> None:
    """One owner now, judged, closed, or no longer alike: nothing is left to warn of."""
    CollisionRisk.objects.filter(pk__in=[risk.pk for risk in gone], state=RiskState.OPEN).update(
        state=RiskState.RESOLVED, closed_at=at
    )


def _hand_to_cases(pairs: Collection[Both], *, at: datetime) -> None:
    """What was foreseen has happened: both records are in one case."""
    cases = in_common_cases(pairs)
    if not cases:
        return
    for both, risk in _known(cases.keys()).items():
        if risk.is_open:
            CollisionRisk.objects.filter(pk=risk.pk).update(
                state=RiskState.CASE, case_id=cases[both], closed_at=at
            )


# What changed


def look_at_changes(organization_id: int) -> int:
    """Foresee for every record that was entered, changed, imported or handed on since last time."""
    with tenant_context(organization_id, reason=REASON):
        state, now = watch(), timezone.now()
        since = (state.looked_until or now) - OVERLAP
        records = [pair for kind, _model in KINDS for pair in changed_since(kind, since)]
    outlook, found = Outlook(now=now), 0
    for chunk in _chunks(records, CHUNK):
        with tenant_context(organization_id, reason=REASON):
            found += look_at(chunk, outlook)
    with tenant_context(organization_id, reason=REASON):
        CollisionWatch.objects.update(looked_until=now)
    return found


def changed_since(kind: str, since: datetime) -> list[Pair]:
    """The records of a kind that were written since then."""
    model: Any = dict(KINDS)[kind]
    rows = model.objects.filter(updated_at__gte=since).order_by("pk")
    return [(kind, pk) for pk in rows.values_list("pk", flat=True)]


# The night


def sweep(organization_id: int, night: date) -> int:
    """Foresee for every record; goes on where it was cut off."""
    with tenant_context(organization_id, reason=REASON):
        state = _begin(night)
        if state.night_ended_at is not None:
            return 0
        total = Lead.objects.count() + Customer.objects.count()
        outlook = Outlook(now=timezone.now())
        pairs = [*outlook.at_one_address(), *outlook.at_one_event()]
    for some in _chunks(pairs, CHUNK):
        _rested(organization_id, lambda some=some: look_at_pairs(some, outlook))
    done = 0
    while chunk := _next_chunk(organization_id):
        _rested(organization_id, lambda chunk=chunk: _sweep_chunk(chunk, outlook))
        done += len(chunk)
        jobs.report_progress(done, max(total, done))
    with tenant_context(organization_id, reason=REASON):
        return _end()


def _begin(night: date) -> CollisionWatch:
    state = watch()
    if state.night != night:
        state.night, state.night_began_at, state.night_ended_at = night, timezone.now(), None
        state.cursor_kind, state.cursor_id = KINDS[0][0], 0
        state.save()
    return state


def _next_chunk(organization_id: int) -> list[Pair]:
    """The records after the cursor, customers first; empty when all have been looked at."""
    with tenant_context(organization_id, reason=REASON):
        state = watch()
        kinds = [kind for kind, _model in KINDS]
        for kind in kinds[kinds.index(state.cursor_kind) :]:
            after = state.cursor_id if kind == state.cursor_kind else 0
            model: Any = dict(KINDS)[kind]
            rows = model.objects.filter(pk__gt=after).order_by("pk")
            ids = list(rows.values_list("pk", flat=True)[:CHUNK])
            if ids:
                return [(kind, pk) for pk in ids]
    return []


def _sweep_chunk(chunk: list[Pair], outlook: Outlook) -> None:
    look_at(chunk, outlook, until=chunk[-1])
    kind, last = chunk[-1]
    CollisionWatch.objects.update(cursor_kind=kind, cursor_id=last)


def _end() -> int:
    """Close what the night did not find again; returns how many pairs are at risk."""
    now, state = timezone.now(), watch()
    risks = CollisionRisk.objects.filter(state=RiskState.OPEN)
    risks.filter(last_seen_at__lt=state.night_began_at).update(
        state=RiskState.RESOLVED, closed_at=now
    )
    state.night_ended_at, state.looked_until = now, state.looked_until or state.night_began_at
    state.save(update_fields=["night_ended_at", "looked_until"])
    return int(risks.count())


def _rested(organization_id: int, work: Any) -> None:
    began = time.monotonic()
    with tenant_context(organization_id, reason=REASON):
        work()
    time.sleep((time.monotonic() - began) * REST)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
