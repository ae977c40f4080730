"""What apps above know about a client that bears on a collision: orders.

case_sources.register(orders_of)   # in AppConfig.ready
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from crm.people.models import Member


@dataclass(frozen=True)
class OrderTrace:
    """An order that counts in a case: submitted, approved or completed. No amounts."""

    pk: int
    owner_id: int | None
    customer_id: int
    at: datetime


@dataclass(frozen=True)
class OrderSource:
    """Finds the orders of customers, and number and page of those that the member may read."""

    of: Callable[[Collection[int]], list[OrderTrace]]
    pages: Callable[[Member, Collection[int]], dict[int, tuple[str, str]]]


_sources: list[OrderSource] = []


def register(source: OrderSource) -> None:
    """Let orders count in collision cases."""
    if source not in _sources:
        _sources.append(source)


def orders_of(customer_ids: Collection[int]) -> list[OrderTrace]:
    """The orders of these customers, the earliest first."""
    found = [one for source in _sources for one in source.of(customer_ids)] if customer_ids else []
    return sorted(found, key=lambda one: (one.at, one.pk))


def order_pages(member: Member, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Number and page of those of the orders that the member may read."""
    found: dict[int, tuple[str, str]] = {}
    for source in _sources if ids else ():
        found |= source.pages(member, ids)
    return found
