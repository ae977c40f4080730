"""All duplicates within one batch: group by keys, compare inside the groups only."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from leads.identity.types import DuplicatePair, Identity

MANY = 20_000  # records from which on helper processes are worth starting
MOST = 4  # processes, unless more are asked for: others use the machine too


class TooManyRecords(ValueError):
    """More records than a key has room to number."""


class HelperLost(RuntimeError):
    """A helper process ended before its work was done: killed, or out of memory."""


def find_duplicates(
    records: Iterable[Identity], *, processes: int | None = None
) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order.

    `processes` work beside each other: by default as many as there are cores, at most four, and
    only this one for a few records. The result does not depend on it. A helper process that is
    killed raises `HelperLost`; more than 67 million records raise `TooManyRecords`.
    """
    from leads.identity.helpers import own_cores, workers  # noqa: PLC0415 - for searches only

    source = iter(records)
    first = deque(islice(source, MANY))
    if processes is None:
        processes = min(own_cores(), MOST) if len(first) == MANY else 1
    with workers(processes) as helpers:
        from leads.identity.batches import find  # noqa: PLC0415 - numpy, while they load it

        yield from find(chain(_given_up(first), source), helpers)


def _given_up(records: deque[Identity]) -> Iterator[Identity]:
    """All of them, each let go of when it is taken."""
    while records:
        yield records.popleft()
