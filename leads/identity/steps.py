"""The three steps of a search for duplicates: normalise, group by keys, compare.

Each takes and returns bytes and knows nothing but them, so that it can be done in any process.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from leads.identity.bearings import Bearings
from leads.identity.companies import parse_company_name
from leads.identity.filing import POSITION, POSITION_BITS, Filing
from leads.identity.packing import dumps, loads, pack_match, unpack_profile
from leads.identity.records import compare_profiles
from leads.identity.text import normalise_name

CROWDED = 60  # a key that more records share says little and costs their square
RIGHT = (1 << 32) - 1  # a pair is one number: left << 32 | right


def normalise(task: bytes) -> bytes:
    """Records from one position on → what is noted of them, see `filing`."""
    first, packed = loads(task)
    filing = Filing()
    filing.add(first, loads(packed))
    return filing.packed()


def group(task: bytes) -> bytes:
    """Some shares' keys with positions, and the bearings → pairs to be compared, in order."""
    shares, told = loads(task)
    bearings = _bearings(told)
    found: set[int] = set()
    for strong, named, loose in shares:
        for members in _groups(strong):
            found.update(left << 32 | right for left, right in _chained(members))
        found.update(bearings.not_apart(_small(_groups(named)), is_named=True))
        found.update(bearings.not_apart(_small(_groups(loose)), is_named=False))
    return array("q", sorted(found)).tobytes()


def compare_pairs(task: bytes) -> bytes:
    """Packed profiles and pairs of their numbers → those pairs that are one client or may be."""
    packed, numbers = loads(task)
    profiles = [unpack_profile(one) for one in packed]
    found = []
    for number, (left, right) in enumerate(numbers):
        match = compare_profiles(profiles[left], profiles[right])
        if match.verdict != "different":
            found.append(pack_match(number, match))
    return dumps(found)


@lru_cache(maxsize=1)
def _bearings(told: bytes) -> Bearings:
    """Those of one search: what contradicts what is found out once, not for every task."""
    return Bearings(*loads(told))


STEPS: tuple[Callable[[bytes], bytes], ...] = (normalise, group, compare_pairs)


def forget_names() -> None:
    """Let go of the names that were read last: in a million others they hardly come again."""
    parse_company_name.cache_clear()
    normalise_name.cache_clear()


def forget_search() -> None:
    """Let go of what was kept from one task of a search to the next."""
    _bearings.cache_clear()


def _groups(packed: bytes) -> Iterable[list[int]]:
    """The positions that share a key. Most keys have one record: these cost no list."""
    entries = array("q", packed)
    keys = [entry >> POSITION_BITS for entry in entries]
    last = dict(zip(keys, entries, strict=True))
    shared: dict[int, list[int]] = {}
    for key, entry in zip(keys, entries, strict=True):
        if last[key] != entry:
            members = shared.setdefault(key, [])
            position = entry & POSITION
            if not members or members[-1] != position:
                members.append(position)
    for key, members in shared.items():
        members.append(last[key] & POSITION)
    return shared.values()


def _chained(members: list[int]) -> Iterable[tuple[int, int]]:
    """All pairs in a group; a crowded group is chained, each with the next."""
    if len(members) <= CROWDED:
        return combinations(members, 2)
    return zip(members, members[1:], strict=False)


def _small(groups: Iterable[list[int]]) -> Iterator[list[int]]:
    return (members for members in groups if len(members) <= CROWDED)
