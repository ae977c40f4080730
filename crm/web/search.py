"""Global search: apps register providers, each answering with a few hits the member may see.

@search.provider("leads", _("Leads"), permission="leads.view")
def find_leads(member: Member, text: str) -> Iterable[Hit]: ...
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.functional import Promise

Label = str | Promise
LIMIT = 6
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """A record found: its name, where it opens, and a line that tells it from others."""

    title: str
    url: str
    subtitle: str = ""
    icon: str = "search"


Find = Callable[[Any, str], Iterable[Hit]]


@dataclass(frozen=True)
class Provider:
    key: str
    label: Label
    find: Find
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class Group:
    """The hits of one provider."""

    label: Label
    hits: Sequence[Hit]


_providers: dict[str, Provider] = {}


def provider(
    key: str, label: Label, *, permission: str = "", order: int = 100
) -> Callable[[Find], Find]:
    """Register a function that finds records for the global search."""

    def register(find: Find) -> Find:
        if key in _providers:
            raise ValueError(f"search provider {key} is registered twice")
        _providers[key] = Provider(key, label, find, permission, order)
        return find

    return register


def find(member: Any, text: str) -> list[Group]:
    """Hits of every provider the member may ask; nothing for a single letter.

    One Chinese character already says something, one Latin letter does not.
    """
    wanted = text.strip()
    if len(wanted) < SHORTEST and not any("\u4e00" <= sign <= "\u9fff" for sign in wanted):
        return []
    groups = []
    for one in sorted(_providers.values(), key=lambda one: (one.order, one.key)):
        if one.permission and one.permission not in member.scopes:
            continue
        hits = list(islice(one.find(member, wanted), LIMIT))
        if hits:
            groups.append(Group(one.label, hits))
    return groups
