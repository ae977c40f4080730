"""What the rules propose for a case, on the organisation's terms."""

from datetime import datetime, timedelta

from django.utils import timezone

from crm.people.models import Member
from crm.people.working_hours import working_time_of
from crm.people.working_time import NoWorkingTime
from leads.arbitration import Facts, Proposal, Rule, Terms, propose
from leads.models import ArbitrationTerms
from leads.selectors.case_evidence import Dossier, facts_of
from leads.selectors.entering import collision_settings

# Before a code in ArbitrationTerms.rules: the rule keeps its place and is not asked.
OFF = "-"


def arbitration_terms() -> ArbitrationTerms:
    """The organisation's terms, or the usual ones while nobody has changed them."""
    return ArbitrationTerms.objects.first() or ArbitrationTerms()


def order_of(terms: ArbitrationTerms) -> list[tuple[Rule, bool]]:
    """Every rule in its order and whether it is asked; the one that always answers is the last.

    Rules the organisation has not placed come where they usually do, after those it has.
    """
    kept = {code.removeprefix(OFF): not code.startswith(OFF) for code in terms.rules}
    placed = [Rule(code) for code in kept if code in set(Rule)]
    order = dict.fromkeys([*placed, *Rule])
    order.pop(Rule.REGISTRATION)
    return [*((rule, kept.get(rule.value, True)) for rule in order), (Rule.REGISTRATION, True)]


def terms_in_use() -> Terms:
    """The same for the engine: only the rules that are asked."""
    kept = arbitration_terms()
    rules = tuple(rule for rule, is_on in order_of(kept) if is_on)
    return Terms(rules, kept.effective_days, kept.exhibition_days)


def proposal_for(dossier: Dossier, *, now: datetime | None = None) -> tuple[Proposal, Facts]:
    """What the rules propose now, and the facts it rests on."""
    facts = facts_of(dossier, now=now or timezone.now())
    return propose(facts, terms_in_use()), facts


def deadline(
    hours: int, *, decider: Member | None = None, start: datetime | None = None
) -> datetime:
    """So many working hours from now, by the decider's calendar or the organisation's."""
    begin = start or timezone.now()
    try:
        return working_time_of(decider).add_working_time(begin, timedelta(hours=hours))
    except NoWorkingTime:
        return begin + timedelta(hours=hours)


def decision_deadline(decider: Member | None) -> datetime:
    """Until when a case is to be decided."""
    return deadline(collision_settings().decision_hours, decider=decider)


def appeal_deadline() -> datetime:
    """Until when a decision made now can be appealed."""
    return deadline(collision_settings().appeal_hours)
