"""All duplicates within one batch: group by keys, compare inside the groups only."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from leads.identity.keys import profile_keys
from leads.identity.profiles import profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import DuplicatePair, Identity

CROWDED = 60  # a key that more records share says little and costs their square


def find_duplicates(records: Iterable[Identity]) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order."""
    everything = list(records)
    profiles = [profile_of(record) for record in everything]
    groups, strong = _Groups(), _Groups()
    for position, profile in enumerate(profiles):
        for key in profile_keys(profile):
            (strong if key.is_strong else groups).add(key.hash64, position)
    for left, right in sorted({*groups.pairs(), *strong.pairs(chain=True)}):
        match = compare_profiles(profiles[left], profiles[right])
        if match.verdict != "different":
            yield DuplicatePair(everything[left], everything[right], match)


class _Groups:
    """Positions by key; most keys have one record and cost no list."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.shared: dict[int, list[int]] = {}

    def add(self, key: int, position: int) -> None:
        first = self.first.setdefault(key, position)
        if first != position:
            self.shared.setdefault(key, [first]).append(position)

    def pairs(self, *, chain: bool = False) -> Iterator[tuple[int, int]]:
        """All pairs in a group. A crowded one is dropped, or chained: each with the next."""
        for members in self.shared.values():
            if len(members) <= CROWDED:
                yield from combinations(members, 2)
            elif chain:
                yield from zip(members, members[1:], strict=False)
