"""All duplicates within one batch: group by keys, compare inside the groups only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from leads.identity.keys import match_keys
from leads.identity.records import compare
from leads.identity.types import DuplicatePair, Identity, Key

CROWDED = 60  # a key that more records share says little and costs their square


def find_duplicates(records: Iterable[Identity]) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order."""
    everything = list(records)
    groups: dict[Key, list[int]] = defaultdict(list)
    for position, record in enumerate(everything):
        for key in match_keys(record):
            groups[key].append(position)
    for left, right in sorted(_candidate_pairs(groups)):
        match = compare(everything[left], everything[right])
        if match.verdict != "different":
            yield DuplicatePair(everything[left], everything[right], match)


def _candidate_pairs(groups: dict[Key, list[int]]) -> set[tuple[int, int]]:
    pairs: set[tuple[int, int]] = set()
    for key, members in groups.items():
        if len(members) <= CROWDED:
            pairs.update(combinations(members, 2))
        elif key.is_strong:  # certain keys are never dropped: chain the members instead
            pairs.update(zip(members, members[1:], strict=False))
    return pairs
