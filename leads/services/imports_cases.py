"""An import opens its collision cases by itself; everybody is told once, at its end."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import Notice, notify_all
from crm.tenancy.context import acting_as
from crm.web import live
from leads.enums import IMPORTED_ROW, CollisionOrigin, RecordKind
from leads.models import (
    CollisionCase,
    CollisionParty,
    CollisionRecord,
    ImportBatch,
    ImportRow,
    Touch,
)
from leads.selectors.case_names import titles_told
from leads.selectors.cases import waiting_cases_of
from leads.selectors.deciders import Desk, administrators, deputy_of
from leads.selectors.identity import Pair
from leads.selectors.imports_cases import brought_by, settled_with
from leads.selectors.imports_words import record_met
from leads.selectors.standing import Held, held_now
from leads.services.case_docket import REPS
from leads.services.case_opening import Opening, Reach
from leads.services.cases import CaseNotAllowed, claim, hold_all_subjects
from leads.services.saving import locked


@dataclass
class Met:
    """A row that meets a record of ours: which, why, and the lead the row became."""

    row: int
    pair: Pair
    reasons: Sequence[dict[str, Any]] | None = None
    lead_id: int | None = None
    # who works on that lead; the importer where nobody does yet
    owner_id: int | None = None


def open_cases(batch: ImportBatch, met: Sequence[Met], *, desk: Desk) -> dict[int, int]:
    """Open or join a case for every row that meets another's client; answers row → case.

    What the importer has brought before is no conflict when it comes again, and what was
    settled with them stays settled: such a row names the old case.
    """
    if not met:
        return {}
    hold_all_subjects()
    held = held_now({one.pair for one in met})
    found = _settled(batch, met, held)
    rows = _rows(batch, [one.row for one in met])
    reaches = {
        one.row: _reach(batch, one, held[one.pair], rows.get(one.row, ({}, [])))
        for one in met
        if one.row not in found and _is_conflict(batch, one, held.get(one.pair))
    }
    barred = brought_by(
        batch.created_by_id, (one.held for one in reaches.values() if not one.record)
    )
    new = {row: one for row, one in reaches.items() if one.record or one.held.pair not in barred}
    opened = Opening(CollisionOrigin.IMPORT, desk).bring(list(new.values()))
    return found | {row: one.case.pk for row, one in zip(new, opened, strict=True)}


def _is_conflict(batch: ImportBatch, met: Met, held: Held | None) -> bool:
    member = met.owner_id or batch.created_by_id
    if held is None or member is None:
        return False
    return held.is_anothers(member) and held.pair != (RecordKind.LEAD.value, met.lead_id)


def _settled(batch: ImportBatch, met: Iterable[Met], held: Mapping[Pair, Held]) -> dict[int, int]:
    """Rows without a lead whose client this importer was told about before."""
    asked = {one.row: held[one.pair].pair for one in met if not one.lead_id and one.pair in held}
    pairs = set(asked.values())
    if not pairs:
        return {}
    known, waiting = settled_with(batch.created_by_id, pairs), waiting_cases_of(pairs)
    return {
        row: known[pair] for row, pair in asked.items() if pair in known and pair not in waiting
    }


def _rows(
    batch: ImportBatch, numbers: Collection[int]
) -> dict[int, tuple[dict[str, Any], list[Any]]]:
    rows = ImportRow.objects.filter(batch=batch, row_number__in=numbers)
    values = rows.values_list("row_number", "fields", "match_reasons")
    return {number: (fields, reasons) for number, fields, reasons in values}


def _reach(
    batch: ImportBatch, met: Met, held: Held, row: tuple[dict[str, Any], list[Any]]
) -> Reach:
    fields, reasons = row
    member_id = met.owner_id or batch.created_by_id or 0
    return Reach(
        held=held,
        member_id=member_id,
        why=IMPORTED_ROW.of(str(met.row)),
        record=(RecordKind.LEAD.value, met.lead_id) if met.lead_id else None,
        title=fields.get("company_name", ""),
        owner_id=met.owner_id,
        reasons=reasons if met.reasons is None else met.reasons,
    )


@transaction.atomic
def claim_arrival(*, touch_id: int, by: Member, why: str) -> CollisionCase:
    """Somebody claims by hand the client that an imported row met: it did not become a case."""
    touch: Touch = locked(Touch.objects.all(), touch_id)
    pair = record_met(touch.outcome_reason)
    if pair is None:
        raise CaseNotAllowed(_("The other record is gone."))
    case = claim(pair, by=by, origin=CollisionOrigin.IMPORT, why=why)
    touch.case = case
    touch.save(update_fields=["case"])
    return case


@dataclass
class Digest:
    """What one member is told: the cases that wait for them, and those that concern them."""

    asked: list[CollisionCase] = field(default_factory=list)
    told: list[CollisionCase] = field(default_factory=list)

    @property
    def cases(self) -> list[CollisionCase]:
        """Those of which their line speaks: what waits for them, if anything does."""
        return self.asked or self.told


def tell_of_cases(batch: ImportBatch) -> None:
    """One line for each rep, manager and decider, however many cases this run has opened."""
    cases = list(_fresh_cases(batch).select_related("decider").order_by("pk"))
    digests = _digests(cases)
    for member_id in sorted(digests):
        live.publish(live.member_topic(member_id), "case-changed")
    told = {
        pk: one for pk, one in sorted(digests.items()) if one.asked or pk != batch.created_by_id
    }
    titles = titles_told({pk: one.cases[0] for pk, one in told.items()})
    with acting_as(None):  # whoever imports may be the one who decides
        notify_all(_notice(pk, one, called=titles[pk]) for pk, one in told.items())


def _fresh_cases(batch: ImportBatch) -> Any:
    """The cases into which this run has brought somebody or something."""
    since = batch.job.created_at if batch.job is not None else batch.created_at
    # sets, not joins: parties times records of a thousand cases are a million rows
    touches = Touch.objects.filter(import_batch=batch, received_at__gte=since)
    brought = touches.exclude(case=None).order_by().values_list("case_id", flat=True)
    touched = set(brought.distinct())
    fresh: set[int] = set()
    for rows, column in (
        (CollisionCase.objects.filter(opened_at__gte=since), "pk"),
        (CollisionParty.objects.filter(joined_at__gte=since), "case_id"),
        (CollisionRecord.objects.filter(joined_at__gte=since), "case_id"),
    ):
        fresh |= set(rows.order_by().values_list(column, flat=True))
    return CollisionCase.objects.filter(pk__in=touched & fresh)


def _digests(cases: Sequence[CollisionCase]) -> dict[int, Digest]:
    found: dict[int, Digest] = defaultdict(Digest)
    by_case = {one.pk: one for one in cases}
    reps: dict[int, set[int]] = defaultdict(set)
    rows = CollisionParty.objects.filter(case__in=by_case).order_by("case_id", "pk")
    for case_id, member_id, side in rows.values_list("case_id", "member_id", "side"):
        found[member_id].told.append(by_case[case_id])
        if side in REPS:
            reps[case_id].add(member_id)
    asked = _asked_by(cases)
    for case in cases:
        for member_id in asked[case.decider_id] - reps[case.pk]:
            found[member_id].asked.append(case)
    return found


def _asked_by(cases: Iterable[CollisionCase]) -> dict[int | None, set[int]]:
    """Who is asked where this member decides, the deputy included; the administrators for none."""
    found: dict[int | None, set[int]] = {}
    for decider in {one.decider for one in cases}:
        if decider is None:
            found[None] = {one.pk for one in administrators()}
        else:
            deputy = deputy_of(decider, ())
            found[decider.pk] = {decider.pk, *([deputy.pk] if deputy else [])}
    return found


def _notice(member_id: int, digest: Digest, *, called: str) -> Notice:
    kind, query = NotificationKind.LEAD_COLLISION, "?origin=import"
    if digest.asked:
        kind, query = NotificationKind.CASE_TO_DECIDE, "?to_decide=yes"
    first, more = digest.cases[0], len(digest.cases) - 1
    title = f"{called} +{more}" if more else f"{first.number} {called}"
    name, args = ("leads:cases", []) if more else ("leads:case", [first.pk])
    url = reverse(name, urlconf=settings.TENANT_URLCONF, args=args)
    return Notice(member_id, kind, title, f"{url}{query if more else ''}")
