"""What a member can hold, and how it is handed to another one.

Each app registers what it knows in its `holdings.py`, loaded at start:

    holdings.register(Holding(key="leads.customer", label=_("Customers"), …))

`holdings_of(member)` is what a leaver's page lists. Moving is set-based: so many statements per
kind and receiver, however many rows there are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from crm.people.models import Member

Label = str | Promise


@dataclass(frozen=True)
class Moved:
    """A row that changed hands, and whose department it was in before."""

    pk: int
    department_id: int | None = None


def address(name: str, *args: Any) -> str:
    """A tenant's page, also from outside a request."""
    return reverse(name, urlconf=settings.TENANT_URLCONF, args=args)


class Mover(Protocol):
    """How rows of one kind change hands, and how they come back."""

    def move(self, ids: Sequence[int], *, giver: Member | None, receiver: Member) -> list[Moved]:
        """Hand over those rows that are still the giver's; returns which."""

    def restore(
        self, moved: Mapping[int, int | None], *, giver: Member, receiver: Member
    ) -> set[int]:
        """Give back those rows that are still the receiver's; returns which."""


@dataclass(frozen=True, kw_only=True)
class ColumnMover:
    """Rows whose owner (and the owner's department) stand in columns of their own."""

    model: type[Model]
    owner: str = "owner"
    department: str = "department"
    is_versioned: bool = True
    # other columns that change with the owner
    also: Callable[[], Mapping[str, Any]] = dict

    def move(self, ids: Sequence[int], *, giver: Member | None, receiver: Member) -> list[Moved]:
        """Lock in the order of their keys, then change them in one statement."""
        column = f"{self.department}_id" if self.department else "pk"
        rows = self._locked(ids, giver).values_list("pk", column)
        found = [Moved(pk, other if self.department else None) for pk, other in rows]
        if found:
            self._write([one.pk for one in found], receiver, receiver.department_id)
        return found

    def restore(
        self, moved: Mapping[int, int | None], *, giver: Member, receiver: Member
    ) -> set[int]:
        """Each row goes back into the department it was in."""
        found = list(self._locked(list(moved), receiver).values_list("pk", flat=True))
        for department_id in {moved[pk] for pk in found}:
            self._write([pk for pk in found if moved[pk] == department_id], giver, department_id)
        return set(found)

    def _locked(self, ids: Sequence[int], owner: Member | None) -> QuerySet[Any]:
        rows = self.model._default_manager.select_for_update(of=("self",), no_key=True)
        return rows.filter(pk__in=ids, **{self.owner: owner}).order_by("pk")

    def _write(self, ids: Sequence[int], owner: Member, department_id: int | None) -> None:
        values: dict[str, Any] = {self.owner: owner, **self.also()}
        if self.department and department_id is not None:
            values[f"{self.department}_id"] = department_id
        if self.is_versioned:
            values |= {"version": F("version") + 1, "updated_at": timezone.now()}
        self.model._default_manager.filter(pk__in=ids).update(**values)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of thing that a member holds."""

    key: str
    label: Label
    icon: str
    order: int
    of: Callable[[Member], QuerySet[Any]]
    # the page that shows these rows; none when there is no such page
    url: Callable[[Member], str]
    # None: it is not handed over by itself but follows something else, as `hint` says
    mover: Mover | None = None
    hint: Label = ""
    # what the receiver's roles must allow
    permission: str = ""
    # may be divided among several receivers; `region` is the path to a province
    can_split: bool = False
    region: str = ""
    # (path to the id of, key of) the thing it goes with when that moves too
    goes_with: tuple[str, str] | None = None
    # told after rows moved or came back: (ids, new holder, who did it, why)
    after: Callable[[Sequence[int], Member, Member | None, str], None] | None = None
    # what a moved row is called, and what has to be read for that
    title: Callable[[Any], str] = str
    related: Sequence[str] = ()

    @property
    def slug(self) -> str:
        """The key in an address: leads-customer."""
        return self.key.replace(".", "-")


_holdings: dict[str, Holding] = {}


def register(*found: Holding) -> None:
    """Add kinds of holdings."""
    for one in found:
        if one.key in _holdings:
            raise ValueError(f"holding {one.key} is registered twice")
        _holdings[one.key] = one


def holdings() -> list[Holding]:
    """Every kind, in the order of the hand-over page and of locking."""
    return sorted(_holdings.values(), key=lambda one: (one.order, one.key))


def holding_at(slug: str) -> Holding | None:
    """The kind that an address names."""
    return next((one for one in _holdings.values() if one.slug == slug), None)


def holding(key: str) -> Holding:
    """The registered kind; KeyError for an unknown one."""
    return _holdings[key]


@dataclass(frozen=True)
class Passed:
    """A row that went on to another member at once, because its holder left."""

    key: str
    pk: int
    receiver: Member


_leaving: list[Callable[[Member], Sequence[Passed]]] = []


def on_leaving(tell: Callable[[Member], Sequence[Passed]]) -> None:
    """Call `tell` with every member who is deactivated, inside that transaction."""
    if tell not in _leaving:
        _leaving.append(tell)


def left(member: Member) -> list[Passed]:
    """Somebody has left: what cannot wait for a hand-over goes on at once; returns what it was."""
    return [one for tell in _leaving for one in tell(member)]


@dataclass(frozen=True)
class Held:
    """How many things of a kind a member holds."""

    holding: Holding
    count: int
    url: str


def holdings_of(member: Member) -> list[Held]:
    """Everything the member holds, kind by kind; kinds without any are left out."""
    found = []
    for one in holdings():
        count = one.of(member).order_by().count()
        if count:
            found.append(Held(one, count, one.url(member)))
    return found
