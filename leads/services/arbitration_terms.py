"""By which rules a decision is proposed and how long things count: administrators' choice."""

from django.db import transaction

from crm.audit import services as audit
from leads.arbitration import Rule, Terms
from leads.models import ArbitrationTerms
from leads.selectors.arbitrations import OFF, order_of

DAYS = ("effective_days", "exhibition_days")


@transaction.atomic
def move(*, rule: Rule, steps: int) -> None:
    """Ask a rule earlier (steps < 0) or later; the one that always answers stays the last."""
    terms = _locked()
    order = [one for one in order_of(terms) if one[0] != Rule.REGISTRATION]
    place = [code for code, _is_on in order].index(rule)
    moved = order.pop(place)
    order.insert(max(0, min(len(order), place + steps)), moved)
    _keep(terms, order)
    audit.record("arbitration.moved", target=terms, rule=rule.value)


@transaction.atomic
def switch(*, rule: Rule, is_active: bool) -> None:
    """Let a rule be asked or not; it keeps its place."""
    terms = _locked()
    order = order_of(terms)
    if (rule, is_active) in order:
        return
    _keep(terms, [(code, is_active if code == rule else was_on) for code, was_on in order])
    action = "arbitration.switched_on" if is_active else "arbitration.switched_off"
    audit.record(action, target=terms, rule=rule.value)


@transaction.atomic
def save_days(*, effective_days: int, exhibition_days: int, remind_hours: int) -> None:
    """Change how long a follow-up and an exhibition count, and when a decider is reminded."""
    terms = _locked()
    terms.effective_days, terms.exhibition_days = effective_days, exhibition_days
    terms.remind_hours = remind_hours
    terms.save(update_fields=[*DAYS, "remind_hours"])
    audit.record("arbitration.changed", target=terms)


@transaction.atomic
def reset() -> None:
    """The usual order and the usual days again; every rule is asked."""
    terms, usual = _locked(), Terms()
    terms.rules = []
    terms.effective_days, terms.exhibition_days = usual.effective_days, usual.exhibition_days
    terms.save(update_fields=[*DAYS, "rules"])
    audit.record("arbitration.reset", target=terms)


def _locked() -> ArbitrationTerms:
    """The organisation's row, made when it is first changed."""
    kept, _is_new = ArbitrationTerms.objects.get_or_create()
    rows = ArbitrationTerms.objects.select_for_update(of=("self",), no_key=True)
    found: ArbitrationTerms = rows.get(pk=kept.pk)
    return found


def _keep(terms: ArbitrationTerms, order: list[tuple[Rule, bool]]) -> None:
    terms.rules = [rule.value if is_on else OFF + rule.value for rule, is_on in order]
    terms.save(update_fields=["rules"])
