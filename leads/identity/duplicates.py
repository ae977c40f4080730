"""All duplicates within one batch: group by keys, compare inside the groups only."""

from collections.abc import Iterable, Iterator

from leads.identity.types import DuplicatePair, Identity


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
    from leads.identity.batches import find  # noqa: PLC0415 - numpy, which nothing else here needs

    return find(records, processes)
