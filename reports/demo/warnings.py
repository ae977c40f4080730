"""Clients of the demo that may become a collision: sisters of earlier ones, in other cities."""

from leads.models import Lead
from leads.services.completion import complete_lead
from leads.services.forewarning import look_at
from reports.demo.world import World

SISTERS, EVERY = 6, 7


def make_sisters(leads: list[Lead]) -> None:
    """The latest arrivals carry the brands of some early ones; nothing else about them changes."""
    for number in range(min(SISTERS, len(leads) // 40)):
        early, late = leads[number * EVERY], leads[-number - 2]
        if early.city in early.company_name and early.city != late.city:
            late.company_name = early.company_name.replace(early.city, late.city)
            complete_lead(late)


def fill(world: World) -> None:
    """What the watch would say of them by tomorrow."""
    latest = [("lead", lead.pk) for lead in world.leads[-SISTERS - 1 :]]
    look_at(latest)
