"""What apps above know about who pays: customers whose money came from one bank account.

payer_sources.register(customers_with)   # in AppConfig.ready
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class OnePayer:
    """Two customers paid for from one account, and how many customers it paid for in all.

    The account itself is not told: it is kept as ciphertext and found by a keyed digest.
    """

    customer_id: int
    other_id: int
    customers: int


Source = Callable[[Collection[int]], list[OnePayer]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let payers' accounts count as evidence."""
    if source not in _sources:
        _sources.append(source)


def with_one_payer(customer_ids: Collection[int]) -> list[OnePayer]:
    """The customers that share an account with one of these."""
    return [one for source in _sources for one in source(customer_ids)] if customer_ids else []
