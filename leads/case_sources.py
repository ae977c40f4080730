"""What apps above know about a client that bears on a collision: orders and quotes.

case_sources.register(Source("order", orders_of, order_pages))   # in AppConfig.ready
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from crm.people.models import Member


@dataclass(frozen=True)
class Trace:
    """An order or a quote that counts in a case. No amounts."""

    pk: int
    owner_id: int | None
    customer_id: int
    at: datetime
    opportunity_id: int | None = None


Pages = Callable[[Member, Collection[int]], dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class Source:
    """Finds what counts about customers, and number and page of what the member may read.

    Of kind "order": submitted, approved or completed; "quote": with the client, or accepted; both
    as they were when the case came up, so that nobody makes their own claim while others decide.
    """

    kind: str
    of: Callable[[Collection[int], datetime], list[Trace]]
    pages: Pages


ORDER, QUOTE = "order", "quote"
_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let orders, or quotes, count in collision cases."""
    _sources[source.kind] = source


def traces_of(kind: str, customer_ids: Collection[int], came_up: datetime) -> list[Trace]:
    """The orders or quotes of these customers of before the moment, the earliest first."""
    source = _sources.get(kind)
    found = source.of(customer_ids, came_up) if source and customer_ids else []
    return sorted(found, key=lambda one: (one.at, one.pk))


def pages_of(kind: str, member: Member, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Number and page of those that the member may read."""
    source = _sources.get(kind)
    return source.pages(member, ids) if source and ids else {}
