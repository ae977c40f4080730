"""Calls and visits that another program logs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.integrations.field_errors import problem_of_form
from crm.integrations.problems import invalid
from crm.people.models import Member
from leads.api.answers import case_out
from leads.api.shapes import FollowUpEntry
from leads.api.telling import protected
from leads.forms.follow_ups import FollowUpForm
from leads.models import Customer, Lead
from leads.services.cases import waiting_case_of
from leads.services.follow_ups import log_follow_up
from leads.services.refusals import ProtectedClient


def logged(member: Member, subject: Lead | Customer, entry: FollowUpEntry) -> dict[str, Any]:
    """Log it; the answer says whether it counts, and the collision case that it led to."""
    form = FollowUpForm(entry.model_dump(exclude={"at"}))
    if not form.is_valid():
        raise problem_of_form(form)
    if entry.at is not None and entry.at > timezone.now():
        raise invalid([("at", _("What took place lies in the past."))])
    try:
        found = log_follow_up(subject=subject, by=member, at=entry.at, **form.cleaned_data)
    except ProtectedClient as refusal:
        raise protected(refusal) from None
    names = ("kind", "content", "outcome", "next_step", "next_step_at", "is_effective", "at")
    told = {name: getattr(found, name) for name in names}
    return told | {"id": found.pk, "collision_case": case_out(waiting_case_of(subject))}
