"""Why this rep, in words: the engine's reason codes as sentences people can check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from crm.coded import in_words
from crm.people.models import Member
from crm.places import Province
from crm.web.formats import number
from leads.assignment import ReasonCode
from leads.enums import Channel, Industry
from leads.models import AssignmentDecision, AssignmentRule, Lead
from leads.models.assignments import Strategy

FIELD_LABELS = {
    "province": gettext_lazy("Province"),
    "industry": gettext_lazy("Industry"),
    "channel": gettext_lazy("Source"),
    "city": gettext_lazy("City"),
    "campaign": gettext_lazy("Campaign or event"),
}
CHOICES: dict[str, Any] = {"province": Province, "industry": Industry, "channel": Channel}
# Why a lead waits, as the queue and the record say it.
WAITING = {
    ReasonCode.POOL_EXHAUSTED.value: gettext_lazy("All reps of the rule are full or away"),
    ReasonCode.POOL_EMPTY.value: gettext_lazy("The rule has no reps"),
    ReasonCode.NO_RULES.value: gettext_lazy("No assignment rule is active"),
    ReasonCode.CONDITION_FAILED.value: gettext_lazy("No rule fits this lead"),
}
LISTED = 5


@dataclass(frozen=True)
class Why:
    """The last decision about a lead: one line, and what is behind it."""

    headline: str
    steps: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]
    at: datetime
    is_waiting: bool = False


@dataclass(frozen=True)
class Names:
    """The rules and members that reasons speak of."""

    rules: Mapping[str, str]
    members: Mapping[int, str]

    def rule(self, pk: object) -> str:
        return self.rules.get(str(pk), f"#{pk}")

    def member(self, pk: object) -> str:
        return self.members.get(int(str(pk)), f"#{pk}")


def waiting_words(code: str) -> str:
    """Why a lead has no owner yet."""
    return str(WAITING[code]) if code in WAITING else _("The rules have not been asked yet")


def why_this_rep(lead: Lead) -> Why | None:
    """Why the lead's owner has it, or why nobody does; None when no rule was ever asked."""
    decision: AssignmentDecision | None = (
        AssignmentDecision.objects.filter(lead=lead)
        .select_related("member", "decided_by")
        .order_by("-id")
        .first()
    )
    if decision is None or decision.member_id != lead.owner_id:
        return None
    names = _names_in(decision)
    return Why(
        headline=_headline(decision, names),
        steps=tuple(step for reason in decision.reasons if (step := _step(reason, names))),
        candidates=_candidates(decision, names),
        at=decision.at,
        is_waiting=decision.member_id is None,
    )


def _names_in(decision: AssignmentDecision) -> Names:
    params = [reason["params"] for reason in decision.reasons]
    rule_ids = {int(one["rule"]) for one in params if str(one.get("rule", "")).isdecimal()}
    member_ids = {int(one["rep_id"]) for one in params if "rep_id" in one}
    member_ids |= {one["member"] for one in decision.candidates}
    rules = AssignmentRule.objects.filter(pk__in=rule_ids).values_list("pk", "name")
    members = Member.objects.filter(pk__in=member_ids).values_list("pk", "name")
    known = {str(pk): name for pk, name in rules}
    if decision.rule_id:
        known[str(decision.rule_id)] = decision.rule_name
    return Names(known, dict(members))


def _headline(decision: AssignmentDecision, names: Names) -> str:
    if decision.decided_by_id:
        return _by_hand(decision)
    if decision.member is None:
        code = decision.reasons[-1]["code"] if decision.reasons else ""
        codes = [reason["code"] for reason in decision.reasons]
        return waiting_words(next((known for known in WAITING if known in codes), code))
    said = {"rule": decision.rule_name, "rep": decision.member.name}
    for reason in decision.reasons:
        params = reason["params"]
        if reason["code"] == ReasonCode.FEWEST_TURNS:
            return _("%(rule)s · %(rep)s's turn, fewest so far") % said
        if reason["code"] == ReasonCode.LEAST_LOADED:
            leads = {"open": number(params["open_leads"])}
            return _("%(rule)s · %(rep)s has the fewest open leads (%(open)s)") % {**said, **leads}
    return _("%(rule)s · %(rep)s") % said


def _by_hand(decision: AssignmentDecision) -> str:
    params = decision.reasons[0]["params"] if decision.reasons else {}
    said = {"by": decision.decided_by.name, "reason": in_words(params.get("reason", ""))}
    if said["reason"]:
        return _("Given by %(by)s: %(reason)s") % said
    return _("Given by %(by)s") % said


def _step(reason: Mapping[str, Any], names: Names) -> str:
    """One reason as a sentence; empty for what the headline has said already."""
    code, params = reason["code"], reason["params"]
    said: dict[str, object] = {"rule": names.rule(params.get("rule", ""))}
    if "rep_id" in params:
        said["rep"] = names.member(params["rep_id"])
    if code == ReasonCode.RULE_MATCHED:
        return _("Rule “%(rule)s”: all its conditions hold.") % said
    if code == ReasonCode.FEWEST_TURNS:
        said |= {"turns": number(params["turns"]), "pool": number(params["pool"])}
        return (
            ngettext(
                "%(turns)s turn so far, fewest of %(pool)s reps.",
                "%(turns)s turns so far, fewest of %(pool)s reps.",
                params["turns"],
            )
            % said
        )
    if code == ReasonCode.LEAST_LOADED:
        said |= {"open": number(params["open_leads"]), "pool": number(params["pool"])}
        return _("%(open)s open leads, fewest of %(pool)s reps.") % said
    if code == ReasonCode.CONDITION_FAILED:
        said["condition"] = condition_words(params["field"], str(params["value"]).split(", "))
        return _("Rule “%(rule)s” was passed over: not %(condition)s.") % said
    if code in _SIMPLE:
        return str(_SIMPLE[code]) % said
    if code == ReasonCode.REP_FULL:
        said["open"] = number(params["open_leads"])
        return _("%(rep)s is full with %(open)s open leads.") % said
    return str(WAITING.get(code, ""))


_SIMPLE = {
    ReasonCode.POOL_EMPTY.value: gettext_lazy("Rule “%(rule)s” has no reps."),
    ReasonCode.POOL_EXHAUSTED.value: gettext_lazy("Rule “%(rule)s”: nobody can take more."),
    ReasonCode.REP_INACTIVE.value: gettext_lazy("%(rep)s has left."),
    ReasonCode.REP_ABSENT.value: gettext_lazy("%(rep)s takes no new leads at present."),
}


def _candidates(decision: AssignmentDecision, names: Names) -> tuple[tuple[str, str], ...]:
    """Who would have been next, with the score that decides."""
    loads = any(one["code"] == ReasonCode.LEAST_LOADED for one in decision.reasons)
    words = _("%(count)s open leads") if loads else _("%(count)s turns")
    return tuple(
        (names.member(one["member"]), words % {"count": f"{one['value']:g}"})
        for one in decision.candidates
    )


def condition_words(field: str, values: Sequence[str]) -> str:
    """A condition as people say it: province Shanghai, Jiangsu, Zhejiang."""
    label = FIELD_LABELS.get(field, field)
    choices = dict(CHOICES[field].choices) if field in CHOICES else {}
    shown = [str(choices.get(value, value)) for value in values]
    listed = pgettext("list of words", ", ").join(shown[:LISTED])
    if len(shown) > LISTED:
        listed = _("%(first)s and %(more)s more") % {
            "first": listed,
            "more": len(shown) - LISTED,
        }
    return f"{label} {listed}"


def rule_words(rule: AssignmentRule, names: Names) -> tuple[str, str, str]:
    """A rule as a sentence in three parts: which leads, how they take turns, which reps."""
    which = [condition_words(one["field"], _values(one["value"])) for one in rule.conditions]
    leads = pgettext("list of conditions", " and ").join(which) or _("every lead")
    return leads, str(Strategy(rule.strategy).label), _pool_words(rule, names)


def _values(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _pool_words(rule: AssignmentRule, names: Names) -> str:
    parts = [names.rule(f"d{pk}") for pk in rule.pool.get("departments", ())]
    parts += [names.member(pk) for pk in rule.pool.get("members", ())]
    return pgettext("list of words", ", ").join(parts) or _("all reps")


def names_for(rules: Iterable[AssignmentRule], departments: Mapping[int, str]) -> Names:
    """The members and departments that rules name; a department is known as d<id>."""
    wanted = {pk for rule in rules for pk in rule.pool.get("members", ())}
    members = Member.objects.filter(pk__in=wanted).values_list("pk", "name")
    return Names({f"d{pk}": name for pk, name in departments.items()}, dict(members))
