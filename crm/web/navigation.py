"""The side navigation and the "+ new" menu: apps register entries, members see what they may use.

Each app has a `navigation.py`, loaded at start:

    navigation.register(Entry("leads", _("Leads"), "users", "leads:list", permission="leads.view"))
    navigation.register_create(Create("lead", _("Lead"), "user-plus", "leads:create",
                                      permission="leads.create"))
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

Label = str | Promise
Count = Callable[[Any], int]
SECTIONS = ("work", "money", "insight", "admin")


@lru_cache(maxsize=2_000)
def address_of(name: str, prefix: str) -> str:
    """Where a page is below an organisation's prefix."""
    return reverse(name)


@dataclass(frozen=True)
class Entry:
    """A place in the navigation. `count(member)` says how many things wait there."""

    key: str
    label: Label
    icon: str
    url: str
    permission: str = ""
    section: str = "work"
    order: int = 100
    count: Count | None = None
    on_phone: bool = False
    also: str = ""  # a further place whose pages belong to it

    @property
    def is_counted(self) -> bool:
        """For templates, which would call `count` itself, and without a member."""
        return self.count is not None

    @property
    def also_address(self) -> str:
        return address_of(self.also, get_script_prefix()) if self.also else ""

    @property
    def address(self) -> str:
        return address_of(self.url, get_script_prefix())


@dataclass(frozen=True)
class Create:
    """Something a member can make from anywhere; opens in the drawer."""

    key: str
    label: Label
    icon: str
    url: str
    permission: str = ""
    order: int = 100
    frame: str = "drawer"
    # what its button says where a search found nothing; its form begins with ?typed=
    offer: Label = ""

    @property
    def address(self) -> str:
        return address_of(self.url, get_script_prefix())


_entries: dict[str, Entry] = {}
_personal: dict[str, Entry] = {}
_creates: dict[str, Create] = {}
_counts: dict[str, Count] = {}


def register(*entries: Entry) -> None:
    """Add places to the navigation; a second one with the same key is a mistake."""
    for entry in entries:
        if entry.key in _entries:
            raise ValueError(f"navigation entry {entry.key} is registered twice")
        if entry.section not in SECTIONS:
            raise ValueError(f"navigation entry {entry.key}: no section {entry.section}")
        _entries[entry.key] = entry


def register_personal(*entries: Entry) -> None:
    """Add places to the person's own menu."""
    for entry in entries:
        if entry.key in _personal:
            raise ValueError(f"personal entry {entry.key} is registered twice")
        _personal[entry.key] = entry


def register_create(*creates: Create) -> None:
    """Add things to the "+ new" menu."""
    for create in creates:
        if create.key in _creates:
            raise ValueError(f"create entry {create.key} is registered twice")
        _creates[create.key] = create


def register_count(key: str, count: Count) -> None:
    """Add a number shown elsewhere in the frame: "notifications" is the bell's."""
    _counts[key] = count


def _may(member: Any, permission: str) -> bool:
    return not permission or permission in member.scopes


def entries_for(member: Any) -> list[Entry]:
    """The places the member's roles use, in order."""
    found = [entry for entry in _entries.values() if _may(member, entry.permission)]
    return sorted(found, key=lambda entry: (SECTIONS.index(entry.section), entry.order, entry.key))


def personal_for(member: Any) -> list[Entry]:
    """The places of the member's own menu, in order."""
    found = [entry for entry in _personal.values() if _may(member, entry.permission)]
    return sorted(found, key=lambda entry: (entry.order, entry.key))


def creates_for(member: Any) -> list[Create]:
    """What the member may make."""
    found = [create for create in _creates.values() if _may(member, create.permission)]
    return sorted(found, key=lambda create: (create.order, create.key))


def counts_for(member: Any) -> dict[str, int]:
    """How many things wait at each counted place."""
    found = {entry.key: entry.count(member) for entry in entries_for(member) if entry.count}
    return found | {key: count(member) for key, count in _counts.items()}
