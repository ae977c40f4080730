"""What the demo has made so far, and how its records move on."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from crm.people.models import Member
from leads.models import Contact, Customer, FollowUp, Lead, Opportunity, Stage
from reports.demo import words
from reports.demo.clock import working_moment
from reports.demo.companies import Inventor
from reports.demo.people import Team


@dataclass
class World:
    """What has been made so far."""

    team: Team
    inventor: Inventor
    now: datetime
    members: dict[int, Member] = field(default_factory=dict)
    leads: list[Lead] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    contacts: dict[int, Contact] = field(default_factory=dict)
    more_contacts: list[Contact] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)

    @property
    def random(self) -> random.Random:
        return self.inventor.random

    def later(self, moment: datetime, least: float, most: float) -> datetime:
        """A working moment that many days later, but not in the future."""
        days = self.random.uniform(least, most)
        start = moment + timedelta(days=days)
        return min(working_moment(self.random, start, start + timedelta(hours=8)), self.now)

    def later_than_now(self, days: float) -> datetime:
        """A full hour that many days from now."""
        due = timezone.localtime(self.now + timedelta(days=days))
        return due.replace(minute=0, second=0, microsecond=0)


def office_hour(moment: datetime) -> datetime:
    """The same day at an hour at which people agree to meet."""
    local = timezone.localtime(moment)
    return local.replace(hour=9 + local.minute % 9, minute=30 * (local.second % 2), second=0)


def plan_next_step(world: World, record: Lead | Opportunity | Customer) -> None:
    """Most open records have a next step; some are overdue, as in life."""
    if world.random.random() < 0.72:
        record.next_step = world.random.choice(words.NEXT_STEPS)
        days = world.random.choice([-3, -1, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 9])
        due = timezone.localtime(world.now + timedelta(days=days))
        record.next_step_at = due.replace(
            hour=world.random.randrange(9, 18), minute=world.random.choice([0, 30])
        ).replace(second=0, microsecond=0)
