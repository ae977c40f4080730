"""Arrivals: whatever comes in through a channel is written down first, then becomes something."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from leads.enums import TouchOutcome
from leads.models import Lead, Touch


class AlreadySettled(ValueError):
    """A touch becomes exactly one thing."""


def receive(*, channel: str, payload: Mapping[str, Any]) -> Touch:
    """Write down an arrival as it came; it waits for `settle`."""
    touch: Touch = Touch.objects.create(channel=channel, payload=dict(payload))
    return touch


@transaction.atomic
def settle(
    *, touch_id: int, outcome: TouchOutcome, lead: Lead | None = None, reason: str = ""
) -> Touch:
    """Say what an arrival became; AlreadySettled when it has become something else before."""
    touch: Touch = Touch.objects.select_for_update(of=("self",), no_key=True).get(pk=touch_id)
    if touch.outcome != TouchOutcome.PENDING:
        raise AlreadySettled(touch.outcome)
    touch.outcome, touch.lead, touch.outcome_reason = outcome, lead, reason[:200]
    touch.save(update_fields=["outcome", "lead", "outcome_reason"])
    return touch
