"""When each organisation's clients are looked at: one job per organisation, by its own clock.

Asked every two minutes. What changed is found by the time of the change, so every way in counts: a
form, an import, an assignment, a transfer; nothing has to remember to ask.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from crm import jobs
from crm.people.middleware import zone_of
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization, open_organizations
from leads.models import CollisionWatch, Customer, Lead
from leads.selectors.entering import collision_settings
from leads.services.figures import last_month
from leads.services.forewarning import watch

logger = logging.getLogger("tongzhou.leads")
NIGHT_FROM = 2
REASON = "early warning"
SLOT = timedelta(minutes=2)


def ask_all() -> int:
    """Enqueue what is due in each organisation; returns how many jobs that were."""
    asked = 0
    for organization in open_organizations().order_by("pk"):
        try:
            asked += ask(organization, at=timezone.now())
        except DatabaseError:
            logger.exception("Organisation %s could not be watched", organization.pk)
    return asked


def ask(organization: Organization, *, at: datetime) -> int:
    """Enqueue what is due in one organisation: changes, the night's sweep, the day's digest."""
    here = at.astimezone(zone_of(organization.time_zone))
    today, asked = here.date(), 0
    with tenant_context(organization.pk, reason=REASON):
        state = watch()
        if has_changes(state):
            slot = int(at.timestamp() // SLOT.total_seconds())
            jobs.enqueue("leads.foresee_changes", key=f"foresee:{slot}")
            asked += 1
        if state.night_ended_at is None or (here.hour >= NIGHT_FROM and state.night != today):
            jobs.enqueue("leads.sweep_risks", key=f"risks:{today}", night=today.isoformat())
            asked += 1
        month = last_month()
        if state.frozen_until != month:
            jobs.enqueue("leads.freeze_figures", key=f"figures:{month}")
            asked += 1
        if is_digest_due(state, here):
            jobs.enqueue("leads.send_risk_digests", key=f"risk-digest:{today}", day=str(today))
            asked += 1
    return asked


def is_digest_due(state: CollisionWatch, here: datetime) -> bool:
    """Whether the organisation's hour has come and the day's digest has not gone out."""
    if state.digest_on is not None and state.digest_on >= here.date():
        return False
    return here.hour >= collision_settings().digest_hour


def has_changes(state: CollisionWatch) -> bool:
    """Whether a lead or customer was written since the last look; before the first sweep, no."""
    since = state.looked_until
    if since is None:
        return False
    leads = Lead.objects.filter(updated_at__gte=since)
    return leads.exists() or Customer.objects.filter(updated_at__gte=since).exists()
