"""Calls and visits that another program logs."""

from datetime import datetime, timedelta
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

# whose client it is hangs on who spoke with them when: a program may be late, not go back at will
LATE = timedelta(days=7)


def logged(member: Member, subject: Lead | Customer, entry: FollowUpEntry) -> dict[str, Any]:
    """Log it; the answer says whether it counts, and the collision case that it led to."""
    form = FollowUpForm(entry.model_dump(exclude={"at"}))
    if not form.is_valid():
        raise problem_of_form(form)
    if entry.at is not None:
        check_moment(entry.at, subject)
    try:
        found = log_follow_up(subject=subject, by=member, at=entry.at, **form.cleaned_data)
    except ProtectedClient as refusal:
        raise protected(refusal) from None
    names = ("kind", "content", "outcome", "next_step", "next_step_at", "is_effective", "at")
    told = {name: getattr(found, name) for name in names}
    return told | {"id": found.pk, "collision_case": case_out(waiting_case_of(subject))}


def check_moment(at: datetime, subject: Lead | Customer) -> None:
    """Refuse what has not taken place yet, is long past, or was before the record was entered."""
    now = timezone.now()
    if at > now:
        raise invalid([("at", _("What took place lies in the past."))])
    # answers tell moments without their microseconds
    entered = subject.created_at.replace(microsecond=0)
    if at < max(entered, now - LATE):
        text = _("At most %(days)s days ago, and not before the record was entered.")
        raise invalid([("at", text % {"days": LATE.days})])
