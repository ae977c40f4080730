"""All duplicates within one batch: group by keys, compare inside the groups only.

Made for files of a million records: a key is one number, a group one array, a pair one number.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from leads.identity.keys import batch_hashes
from leads.identity.profiles import Profile, profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import DuplicatePair, Identity

CROWDED = 60  # a key that more records share says little and costs their square
_Shared = dict[int, "array[int]"]


def find_duplicates(records: Iterable[Identity]) -> Iterator[DuplicatePair]:
    """Every pair of records that is the same client or may be, each pair once, in input order."""
    everything = list(records)
    profiles, strong, weak = _grouped(everything)
    count = len(everything)
    found = _strong_pairs(strong, count)
    found |= _weak_pairs(weak, count, [_place_of(profile) for profile in profiles])
    del strong, weak
    ordered = array("q", sorted(found))
    del found
    for both in ordered:
        left, right = divmod(both, count)
        match = compare_profiles(profiles[left], profiles[right])
        if match.verdict != "different":
            yield DuplicatePair(everything[left], everything[right], match)


def _grouped(records: list[Identity]) -> tuple[list[Profile], _Shared, _Shared]:
    """Every record normalised, and the positions that share a strong or a weak key."""
    profiles: list[Profile] = []
    strong_first: dict[int, int] = {}
    weak_first: dict[int, int] = {}
    strong: _Shared = {}
    weak: _Shared = {}
    for position, record in enumerate(records):
        profile = profile_of(record)
        profiles.append(profile)
        precise, loose = batch_hashes(profile)
        _file(precise, position, strong_first, strong)
        _file(loose, position, weak_first, weak)
    return profiles, strong, weak


def _file(keys: list[int], position: int, firsts: dict[int, int], shared: _Shared) -> None:
    """Put a record under its keys; most keys have one record and cost no array."""
    for key in keys:
        first = firsts.setdefault(key, position)
        if first == position:
            continue
        members = shared.get(key)
        if members is None:
            shared[key] = array("l", (first, position))
        elif members[-1] != position:
            members.append(position)


def _strong_pairs(shared: _Shared, count: int) -> set[int]:
    """All pairs in a group as one number each; a crowded group is chained, each with the next."""
    found: set[int] = set()
    for members in shared.values():
        found.update(left * count + right for left, right in _chained(members))
    return found


def _chained(members: Sequence[int]) -> Iterable[tuple[int, int]]:
    if len(members) <= CROWDED:
        return combinations(members, 2)
    return zip(members, members[1:], strict=False)


def _weak_pairs(shared: _Shared, count: int, places: list[str]) -> set[int]:
    """Pairs in groups that are not crowded, without those of two different provinces."""
    found: set[int] = set()
    for members in shared.values():
        if len(members) > CROWDED:
            continue
        placed = [(member, places[member]) for member in members]
        found.update(
            left * count + right
            for (left, here), (right, there) in combinations(placed, 2)
            if here == there or not here or not there
        )
    return found


def _place_of(profile: Profile) -> str:
    """The province that the record's one name mentions; empty when it may be anywhere."""
    place = profile.names[0].province if len(profile.names) == 1 else ""
    return "" if place == "中国" else place
