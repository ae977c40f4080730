"""The engine at work: take the turns' lock, decide, remember turns and reasons."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from crm.people.models import Member
from crm.tenancy.context import current_organization_id
from leads.assignment import Candidate, Decision, ReasonCode, decide
from leads.models import AssignmentRule
from leads.selectors import assignments
from leads.services.assignment_rules import ensure_rules

HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
SHARES = """
    INSERT INTO leads_assignmentshare
        (organization_id, rule_id, member_id, position, count, last_at)
    SELECT %(organization)s, rule_id, member_id, place, number, %(at)s
    FROM unnest(%(rules)s::bigint[], %(members)s::bigint[], %(places)s::bigint[],
                %(numbers)s::bigint[]) AS turn(rule_id, member_id, place, number)
    ON CONFLICT (organization_id, rule_id, member_id) DO UPDATE SET
        position = greatest(leads_assignmentshare.position, EXCLUDED.position),
        count = leads_assignmentshare.count + EXCLUDED.count,
        last_at = EXCLUDED.last_at
"""
# One JSON document: arrays of JSON texts would be escaped character by character.
DECISIONS = """
    INSERT INTO leads_assignmentdecision
        (organization_id, lead_id, member_id, rule_id, rule_name, reasons, candidates,
         decided_by_id, at)
    SELECT %s, made.lead, made.member, made.rule, made.name, made.reasons, made.candidates, %s, %s
    FROM jsonb_to_recordset(%s::jsonb)
         AS made(lead bigint, member bigint, rule bigint, name text, reasons jsonb,
                 candidates jsonb)
"""
# Why a lead waits, the most telling first; the first one among its reasons is kept on it.
WAITING_CODES = (
    ReasonCode.POOL_EXHAUSTED,
    ReasonCode.POOL_EMPTY,
    ReasonCode.NO_RULES,
    ReasonCode.CONDITION_FAILED,
)
BY_HAND = "by_hand"


@dataclass(frozen=True)
class Given:
    """One decision, ready to be written down."""

    lead_id: int
    member_id: int | None
    department_id: int | None
    reasons: tuple[dict[str, Any], ...]
    rule_id: int | None = None
    rule_name: str = ""
    candidates: tuple[dict[str, Any], ...] = ()
    position: int | None = None
    waits_because: str = ""

    @classmethod
    def by_hand(cls, lead_id: int, *, member: Member, by: Member, reason: str) -> "Given":
        """A person's decision."""
        params = {"by": by.name, "reason": reason[:200]}
        said = ({"code": BY_HAND, "params": params},)
        return cls(lead_id, member.pk, member.department_id, said)


def hold_turns() -> None:
    """Until this transaction ends nobody else in the organisation takes a turn."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [f"assignment:{current_organization_id()}"])


def decide_owners(candidates: Sequence[Candidate]) -> list[Given]:
    """Who gets each lead by the active rules; call while holding the turns."""
    ensure_rules()
    rules = assignments.active_rules()
    decisions = decide(
        candidates,
        assignments.reps(rules),
        assignments.rule_set_of(rules),
        assignments.state_of(rules),
    )
    departments = assignments.departments_of(one.rep_id for one in decisions if one.rep_id)
    named = {str(rule.pk): rule for rule in rules}
    return [_given(one, named, departments) for one in decisions]


def _given(
    decision: Decision,
    rules: dict[str, AssignmentRule],
    departments: dict[int, int | None],
) -> Given:
    rule = rules.get(decision.rule or "")
    member_id = decision.rep_id
    return Given(
        lead_id=decision.lead_id,
        member_id=member_id,
        department_id=departments.get(member_id) if member_id else None,
        reasons=tuple(reason.as_dict() for reason in decision.reasons),
        rule_id=rule.pk if rule else None,
        rule_name=rule.name if rule else "",
        candidates=tuple({"member": s.rep_id, "value": s.value} for s in decision.scores),
        position=decision.position if decision.seat else None,
        waits_because="" if member_id else waiting_code(decision),
    )


def waiting_code(decision: Decision) -> str:
    """The most telling reason why nobody got the lead."""
    said = {reason.code for reason in decision.reasons}
    return next((code.value for code in WAITING_CODES if code in said), ReasonCode.NO_RULES.value)


def record_decisions(
    given: Sequence[Given], *, at: datetime, decided_by: Member | None = None
) -> None:
    """Write down who got what and why, and how far each rep has come."""
    if not given:
        return
    organization = current_organization_id()
    document = json.dumps([_made(one) for one in given], ensure_ascii=False)
    with connection.cursor() as cursor:
        by = decided_by.pk if decided_by else None
        cursor.execute(DECISIONS, [organization, by, at, document])
        turns = _turns(given)
        if turns:
            keys = list(turns)
            cursor.execute(
                SHARES,
                {
                    "organization": organization,
                    "at": at,
                    "rules": [rule for rule, _member in keys],
                    "members": [member for _rule, member in keys],
                    "places": [turns[key][0] for key in keys],
                    "numbers": [turns[key][1] for key in keys],
                },
            )


def _made(given: Given) -> dict[str, Any]:
    return {
        "lead": given.lead_id,
        "member": given.member_id,
        "rule": given.rule_id,
        "name": given.rule_name,
        "reasons": given.reasons,
        "candidates": given.candidates,
    }


def _turns(given: Iterable[Given]) -> dict[tuple[int, int], tuple[int, int]]:
    """Rule and rep → the place they came to and how many leads it took."""
    places: dict[tuple[int, int], int] = {}
    numbers: Counter[tuple[int, int]] = Counter()
    for one in given:
        if one.rule_id and one.member_id:
            key = (one.rule_id, one.member_id)
            numbers[key] += 1
            places[key] = max(places.get(key, 0), one.position or 0)
    return {key: (places[key], number) for key, number in numbers.items()}
