"""The tabs above every page about collisions. Each page's module adds its own:

collision_tabs.register(CollisionTab("figures", _("Figures"), "leads:metrics", "leads.view_…", 30))
"""

from dataclasses import dataclass

from django.urls import reverse

from crm.access import policy
from crm.people.models import Member
from crm.web.components import Label, Tab


@dataclass(frozen=True)
class CollisionTab:
    """A page about collisions: its URL's name and the permission it asks for."""

    key: str
    label: Label
    url: str
    permission: str
    order: int
    # one of these instead is enough
    others: tuple[str, ...] = ()


_tabs: dict[str, CollisionTab] = {}


def register(tab: CollisionTab) -> None:
    """Add a tab; the same key replaces it."""
    _tabs[tab.key] = tab


def tabs_for(member: Member, active: str) -> list[Tab]:
    """The tabs this member may open, the page's own marked."""
    seen = [
        one
        for one in sorted(_tabs.values(), key=lambda one: one.order)
        if any(policy.allowed(member, name) for name in (one.permission, *one.others))
    ]
    return [Tab(one.key, one.label, reverse(one.url), None, one.key == active) for one in seen]
