"""A lead's way from one state to another: one lead, or many in so many statements.

What is allowed stands in the lead's state machine alone; both ways ask it, and leave the same line.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import RETURN_VALUE, TransitionNotAllowed

from crm.audit import services as audit
from leads.models import Lead
from leads.services.refusals import WrongState
from leads.services.saving import locked, take_over

Transition = Callable[..., Any]


def move(lead_id: int, transition: Transition, action: str, **facts: Any) -> Lead:
    """Lock the lead, make the transition, save, write it down."""
    lead = locked(Lead.objects.all(), lead_id)
    before = lead.status
    try:
        transition(lead)
    except TransitionNotAllowed as error:
        raise WrongState(
            _("This lead is “%(status)s” now, so that is no longer possible.")
            % {"status": lead.get_status_display()}
        ) from error
    take_over(lead, facts)
    lead.save(update_fields=["status", *facts, "updated_at"])
    audit.record(action, target=lead, before=before, **facts)
    return lead


def move_all(
    lead_ids: Collection[int],
    transition: Transition,
    action: str,
    *,
    to: str | None = None,
    **facts: Any,
) -> dict[int, str]:
    """Make the transition for those of the leads whose state allows it; returns what they were.

    `to` chooses among the targets of a transition that has several.
    """
    sources, target = _way(transition, to)
    rows = Lead.objects.filter(pk__any_of=lead_ids, status__in=sources).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True)
    before = dict(held.values_list("pk", "status"))
    if before:
        Lead.objects.filter(pk__any_of=before).update(
            status=target, updated_at=timezone.now(), **facts
        )
        audit.write_all(
            (action, "leads.lead", pk, {"before": status, **facts}) for pk, status in before.items()
        )
    return before


def _way(transition: Transition, to: str | None) -> tuple[list[str], str]:
    """From which states the machine lets this transition go, and where to."""
    field: Any = Lead._meta.get_field("status")
    ways = [one for one in field.get_all_transitions(Lead) if one.name == transition.__name__]
    targets = {target for one in ways for target in _targets(one)}
    target = next(iter(targets)) if to is None and len(targets) == 1 else to
    if target not in targets:
        raise TransitionNotAllowed(f"{transition.__name__}: not to {to}")
    return [one.source for one in ways], str(target)


def _targets(way: Any) -> list[str]:
    is_several = isinstance(way.target, RETURN_VALUE)
    return [str(one) for one in (way.target.allowed_states if is_several else [way.target])]
