"""Rules, reps and turns as the assignment engine wants them, and what it decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from crm.access import policy
from crm.people.enums import RoleCode
from crm.people.models import Department, Member
from crm.people.presence import absent_member_ids
from leads.assignment import Candidate, Condition, Pool, Rep, Rule, RuleSet, Seat, State
from leads.enums import LeadStatus
from leads.models import AssignmentRule, AssignmentShare, Lead
from leads.models.assignments import Strategy
from leads.selectors.assignment_reasons import names_for, rule_words, why_this_rep

__all__ = [
    "RuleLine",
    "active_rules",
    "candidate_of",
    "departments_of",
    "departments_serving_provinces",
    "leads_since",
    "open_leads_by_owner",
    "reps",
    "rule_lines",
    "rule_set_of",
    "rules_in_order",
    "state_of",
    "unassigned",
    "waiting_count",
    "why_this_rep",
]

OPEN_STATUSES = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)
# What a rule may ask about a lead, by the engine's name of it.
RULE_FIELDS = ("province", "industry", "channel", "city", "campaign")


def rules_in_order() -> QuerySet[AssignmentRule]:
    """Every rule as it is asked, the inactive ones included."""
    return AssignmentRule.objects.order_by("position", "id")


def active_rules() -> list[AssignmentRule]:
    """The rules that are asked, in order."""
    return list(rules_in_order().filter(is_active=True))


def rule_set_of(rules: Iterable[AssignmentRule]) -> RuleSet:
    """The stored rules in the engine's words."""
    return RuleSet(tuple(_rule_of(rule) for rule in rules))


def _rule_of(rule: AssignmentRule) -> Rule:
    conditions = tuple(
        Condition(one["field"], one["op"], one.get("value")) for one in rule.conditions
    )
    pool = Pool(
        rep_ids=frozenset(rule.pool.get("members", ())),
        departments=frozenset(rule.pool.get("departments", ())),
    )
    return Rule(
        rule_id=str(rule.pk),
        conditions=conditions,
        pool=pool,
        strategy=Strategy(rule.strategy).value,  # type: ignore[arg-type]
        is_final=rule.is_final,
    )


def reps(rules: Sequence[AssignmentRule]) -> list[Rep]:
    """Active sales reps with what rules look at; open leads are counted only if a rule needs it.

    Whoever is away or takes no new leads counts as absent.
    """
    rows = list(
        Member.objects.filter(is_active=True, member_roles__role__code=RoleCode.REP)
        .order_by("id")
        .values(
            "id", "department__path", "capacity", "is_receiving_leads", "skills", "provinces",
            "industries",
        )
    )  # fmt: skip
    wanted = [row["id"] for row in rows if row["capacity"]]
    if any(rule.strategy == Strategy.LEAST_LOADED for rule in rules):
        wanted = [row["id"] for row in rows]
    loads = open_leads_by_owner(wanted) if wanted else {}
    away = absent_member_ids()
    return [
        Rep(
            rep_id=row["id"],
            departments=frozenset(row["department__path"] or ()),
            regions=frozenset(row["provinces"]),
            industries=frozenset(row["industries"]),
            skills=frozenset(row["skills"]),
            open_leads=loads.get(row["id"], 0),
            capacity=row["capacity"] or None,
            is_absent=row["id"] in away or not row["is_receiving_leads"],
        )
        for row in rows
    ]


def open_leads_by_owner(member_ids: Sequence[int]) -> dict[int, int]:
    """How many leads each of the members still works on."""
    rows = Lead.objects.filter(owner_id__in=member_ids, status__in=OPEN_STATUSES)
    return dict(rows.order_by().values_list("owner_id").annotate(number=Count("id")))


def state_of(rules: Iterable[AssignmentRule]) -> State:
    """How far every rep has come in the rules' lines."""
    shares = AssignmentShare.objects.filter(rule__in=[rule.pk for rule in rules])
    rows = shares.values_list("rule_id", "member_id", "position")
    return State({Seat(str(rule), member): position for rule, member, position in rows})


def candidate_of(lead_id: int, facts: Mapping[str, Any]) -> Candidate:
    """A lead as the engine sees it."""
    return Candidate(lead_id, {name: facts.get(name) or "" for name in RULE_FIELDS})


def departments_of(member_ids: Iterable[int]) -> dict[int, int | None]:
    """Each member's department."""
    return dict(Member.objects.filter(pk__in=set(member_ids)).values_list("id", "department_id"))


def departments_serving_provinces() -> list[Department]:
    """The departments that say which provinces they serve, parents before children."""
    return list(Department.objects.exclude(provinces=[]).order_by("path"))


def unassigned() -> QuerySet[Lead]:
    """Open leads that nobody works on."""
    return Lead.objects.filter(owner__isnull=True, status__in=OPEN_STATUSES)


def waiting_count(member: Member) -> int:
    """How many of the leads the member may hand out wait for an owner."""
    return policy.visible(member, unassigned(), "leads.assign_lead")[:100].count()


def leads_since(days: int) -> list[tuple[datetime, Candidate, int | None]]:
    """Leads that arrived in the last days, in order, with who has them now."""
    rows = Lead.objects.filter(created_at__gte=timezone.now() - timedelta(days=days))
    columns = ("id", "created_at", "owner_id", *RULE_FIELDS)
    found = rows.order_by("created_at", "id").values(*columns)[:20_000]
    return [(row["created_at"], candidate_of(row["id"], row), row["owner_id"]) for row in found]


@dataclass(frozen=True)
class RuleLine:
    """A rule as a sentence, with how many leads it has given out."""

    rule: AssignmentRule
    leads: str
    turns: str
    pool: str
    given: int


def rule_lines() -> list[RuleLine]:
    """The rules in order, in words."""
    rules = list(rules_in_order())
    names = names_for(rules, dict(Department.objects.values_list("pk", "name")))
    given = dict(
        AssignmentShare.objects.order_by().values_list("rule_id").annotate(number=Sum("count"))
    )
    return [RuleLine(rule, *rule_words(rule, names), given.get(rule.pk, 0)) for rule in rules]
