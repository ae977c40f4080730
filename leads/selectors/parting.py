"""Clients that a final decision shares: between whom, in which parts, and who may set them anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.people.models import Member
from crm.sharing.selectors.commission import all_changes_of_hand
from crm.tenancy.clock import organization_today, organization_zone
from crm.web.formats import Formats
from leads.enums import CaseState, CollisionOutcome, RecordKind
from leads.models import ClientSplit, CollisionCase, CollisionDecision, CollisionParty, Lead
from leads.selectors.case_changes import let_in
from leads.selectors.case_rights import reps_of
from leads.selectors.deciders import deputy_of, may_judge, reaches_all, superiors_of
from leads.selectors.identity import Pair
from leads.selectors.splits import KEYS, held_splits, in_order, owners_of, words_of


@dataclass(frozen=True)
class SharedRecord:
    """A lead or customer that the decision shares; no parts where it was before there were any."""

    pair: Pair
    main_id: int
    parts: Mapping[int, int]
    starts_on: date | None = None


@dataclass(frozen=True)
class CreditLine:
    """In which parts orders are credited: those entered from a moment on, dated from a day on."""

    entered: datetime
    dated: date
    words: str


def final_share(case: CollisionCase) -> CollisionDecision | None:
    """The decision that shares the client and can be appealed no more."""
    if case.state != CaseState.CLOSED or case.outcome != CollisionOutcome.SHARE:
        return None
    return case.decisions.select_related("decided_by").order_by("-level").first()


def first_day(decision: CollisionDecision) -> date:
    """Before it the client was not shared."""
    decided: date = decision.decided_at.astimezone(organization_zone()).date()
    return decision.commission_cutoff or decided


def may_set_parts(member: Member, case: CollisionCase) -> bool:
    """Who decided, their deputy, whoever is above them, or the administrators; no rep of it."""
    decision, reps = final_share(case), reps_of(case)
    if decision is None or not may_judge(member, reps):
        return False
    decider = decision.decided_by
    if member.pk == decider.pk or reaches_all(member):
        return True
    deputy = deputy_of(decider, reps)
    above = [*superiors_of(decider), *([deputy] if deputy else [])]
    return member.pk in {one.pk for one in above}


def partners_of(case: CollisionCase) -> list[Member]:
    """The reps between whom the client can be shared."""
    rows = CollisionParty.objects.filter(case=case, member_id__in=reps_of(case))
    people = [one.member for one in rows.select_related("member").order_by("pk")]
    return [one for one in people if one.is_active]


def shared_records(case: CollisionCase, decision: CollisionDecision) -> list[SharedRecord]:
    """The records that the decision still shares, or what they became."""
    splits = ClientSplit.objects.filter(case=case).values_list("record_kind", "record_id")
    known = set(splits)
    found = []
    for kind in RecordKind.values:
        ids = [pk for of, pk in known if of == kind]
        for one in held_splits(kind, ids).values():
            if one.case_id == case.pk:
                parts = one.parts_at(timezone.now())
                pair: Pair = (kind, one.record_id)
                found.append(SharedRecord(pair, one.main_id, parts, one.starts_on))
    return sorted([*found, *_without_parts(decision)], key=lambda one: one.pair)


def _without_parts(decision: CollisionDecision) -> list[SharedRecord]:
    """What was shared before there were parts, and is still its main owner's."""
    wanted = set(let_in(decision.changes))
    leads = Lead.objects.filter(pk__in=[pk for kind, pk in wanted if kind == RecordKind.LEAD])
    became = leads.exclude(customer=None).values_list("customer_id", flat=True)
    wanted |= {(RecordKind.CUSTOMER.value, pk) for pk in became}
    splits = ClientSplit.objects.filter(record_id__in=[pk for _kind, pk in wanted])
    parted = set(splits.values_list("record_kind", "record_id"))
    found = []
    for key, kind in KEYS.items():
        ids = [pk for of, pk in wanted if of == kind and (of, pk) not in parted]
        given = all_changes_of_hand(key, ids)
        for pk, owner_id in owners_of(kind, ids).items():
            is_given = any(one.at > decision.decided_at for one in given[pk])
            if owner_id is not None and owner_id == decision.winner_id and not is_given:
                found.append(SharedRecord((str(kind), pk), owner_id, {}))
    return found


def credit_lines(case: CollisionCase) -> list[CreditLine]:
    """Every time the parts were set, the latest first; alike for all records of the case."""
    rows = list(ClientSplit.objects.filter(case=case).order_by("-began_at", "-pk"))
    people = Member.objects.in_bulk({int(pk) for one in rows for pk in one.shares})
    found: dict[tuple[date, str], CreditLine] = {}
    for one in rows:
        shares = {int(pk): percent for pk, percent in one.shares.items()}
        words = words_of(in_order(shares, people))
        found[one.starts_on, words] = CreditLine(one.began_at, one.starts_on, words)
    return list(found.values())


def parts_of_reps(case: CollisionCase) -> dict[int, str]:
    """What each rep gets of an order entered now: dated today, and what changes from which day."""
    rows = list(ClientSplit.objects.filter(case=case).order_by("-began_at", "-pk"))
    if not rows:
        shares = case.parties.exclude(share=None).values_list("member_id", "share")
        return {pk: f"{percent}%" for pk, percent in shares}
    today = organization_today()
    days = sorted({today, *(one.starts_on for one in rows if one.starts_on > today)})
    held: list[Mapping[str, int]] = [
        next((one.shares for one in rows if one.starts_on <= day), {}) for day in days
    ]
    keys = {key for shares in held for key in shares}
    return {int(key): _part_over_time(key, days, held) for key in keys}


def _part_over_time(key: str, days: Sequence[date], held: Sequence[Mapping[str, int]]) -> str:
    now, shown = int(held[0].get(key, 0)), Formats.current()
    found = [f"{now}%"] if now else []
    for day, shares in zip(days[1:], held[1:], strict=True):
        percent = int(shares.get(key, 0))
        if percent != now:
            words = _("from %(day)s %(percent)s%%") if percent else _("from %(day)s no part")
            found.append(words % {"day": shown.day(day), "percent": percent})
        now = percent
    return " · ".join(found)


def without_parts(case: CollisionCase) -> bool:
    """Whether the client is shared, and all its orders are its owner's: decided long ago."""
    decision = final_share(case)
    if decision is None or ClientSplit.objects.filter(case=case).exists():
        return False
    return bool(_without_parts(decision))


def parts_now(records: Sequence[SharedRecord]) -> Mapping[int, int]:
    """What the form begins with."""
    return next((one.parts for one in records if one.parts), {})
