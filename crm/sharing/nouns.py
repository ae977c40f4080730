"""The kinds of records that people share and transfer. Apps register theirs in holdings.py.

A noun's name is the word in its permissions and addresses: leads.customer has leads.view_customer,
leads.share_customer, leads.transfer_customer, and the pages leads:share_customer, ….
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A kind of record with an owner. Its key is also that of its holding."""

    key: str
    model: type[Model]
    label: Label
    plural: Label
    icon: str
    # pages: the list and the record, and the event after which both read themselves again
    list_url: str
    record_url: str
    event: str
    # the list's table, for what was ticked in it
    table: Callable[[Any, QuerySet[Any]], Any]
    is_shareable: bool = True
    # the column with the day that commission goes by
    dated: str = ""
    # what may go along with it when it is transferred or shared: keys, and the path to its id
    along: Sequence["Along"] = field(default=())
    # what goes with it by itself
    follows: Sequence["Follower"] = field(default=())

    @property
    def app(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    def permission(self, verb: str) -> str:
        """leads.share_customer for "share"."""
        return f"{self.app}.{verb}_{self.name}"

    def page(self, verb: str) -> str:
        """The URL name leads:share_customer for "share"."""
        return f"{self.app}:{verb}_{self.name}"

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.all()


@dataclass(frozen=True, kw_only=True)
class Along:
    """Unfinished records of another noun that hang on this one."""

    key: str
    path: str
    where: Q

    def of(self, ids: Sequence[int]) -> QuerySet[Any]:
        """Those of the given records."""
        model = noun(self.key).model
        return model._default_manager.filter(self.where, **{f"{self.path}__in": ids})


@dataclass(frozen=True, kw_only=True)
class Follower:
    """What has no owner of its own and so goes wherever its record goes."""

    label: Label
    icon: str
    of: Callable[[Sequence[int]], QuerySet[Any]]
    # whoever lacks it is told how many there are, and no more
    permission: str
    describe: Callable[[Any], str] = str


_nouns: dict[str, Noun] = {}
_along: dict[str, list[Along]] = {}
_follows: dict[str, list[Follower]] = {}


def register(one: Noun) -> None:
    """Let people share or transfer a kind of record."""
    if one.key in _nouns:
        raise ValueError(f"noun {one.key} is registered twice")
    _nouns[one.key] = one


def register_along(of: str, *found: Along) -> None:
    """Upper apps add what goes along with a lower app's record."""
    _along.setdefault(of, []).extend(found)


def register_follower(of: str, *found: Follower) -> None:
    """Upper apps add what follows a lower app's record."""
    _follows.setdefault(of, []).extend(found)


def noun(key: str) -> Noun:
    """The registered noun; KeyError for an unknown one."""
    return _nouns[key]


def is_noun(key: str) -> bool:
    return key in _nouns


def along_of(one: Noun) -> list[Along]:
    """What may go along with it, its own app's first."""
    return [*one.along, *_along.get(one.key, ())]


def followers_of(one: Noun) -> list[Follower]:
    """What goes with it by itself."""
    return [*one.follows, *_follows.get(one.key, ())]


def shareable_nouns() -> list[Noun]:
    """Every kind of record that can be shared one by one."""
    return [one for one in _nouns.values() if one.is_shareable]
