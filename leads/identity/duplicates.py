"""All duplicates within one batch: group by keys, compare inside the groups only."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from leads.identity.keys import batch_keys
from leads.identity.profiles import Profile, profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import DuplicatePair, Identity

CROWDED = 60  # a key that more records share says little and costs their square


def find_duplicates(records: Iterable[Identity]) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order."""
    everything = list(records)
    profiles: list[Profile] = []
    places: list[str] = []
    groups, strong = _Groups(), _Groups()
    for position, record in enumerate(everything):
        profile = profile_of(record)
        profiles.append(profile)
        places.append(_place_of(profile))
        for key in batch_keys(profile):
            (strong if key.is_strong else groups).add(hash(key), position)
    count = len(everything)
    found = strong.pairs(count, chain=True)
    found |= groups.pairs(count, places)
    del groups, strong
    for both in sorted(found):
        left, right = divmod(both, count)
        match = compare_profiles(profiles[left], profiles[right])
        if match.verdict != "different":
            yield DuplicatePair(everything[left], everything[right], match)


def _place_of(profile: Profile) -> str:
    """The province that the record's one name mentions; empty when it may be anywhere."""
    place = profile.names[0].province if len(profile.names) == 1 else ""
    return "" if place == "中国" else place


class _Groups:
    """Positions by key; most keys have one record and cost no list."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.shared: dict[int, array[int]] = {}

    def add(self, key: int, position: int) -> None:
        first = self.first.setdefault(key, position)
        if first == position:
            return
        members = self.shared.get(key)
        if members is None:
            self.shared[key] = array("l", (first, position))
        elif members[-1] != position:
            members.append(position)

    def pairs(
        self, count: int, places: list[str] | None = None, *, chain: bool = False
    ) -> set[int]:
        """All pairs in a group as one number each, without those of two different provinces.

        A crowded group is dropped, or chained: each member with the next.
        """
        found: set[int] = set()
        for members in self.shared.values():
            if places is None:
                found.update(left * count + right for left, right in _together(members, chain))
                continue
            for left, right in _together(members, chain):
                here, there = places[left], places[right]
                if here == there or not here or not there:
                    found.add(left * count + right)
        return found


def _together(members: Sequence[int], chain: bool) -> Iterable[tuple[int, int]]:
    if len(members) <= CROWDED:
        return combinations(members, 2)
    return zip(members, members[1:], strict=False) if chain else ()
