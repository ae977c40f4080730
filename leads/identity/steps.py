"""The three steps of a search for duplicates: normalise, group by keys, compare.

Each takes and returns bytes and knows nothing but them, so that it can be done in any process.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from leads.identity.bearings import Bearings, PlaceOf, TradeOf, bearing_of
from leads.identity.companies import parse_company_name
from leads.identity.keys import batch_hashes
from leads.identity.packing import (
    dumps,
    loads,
    pack_match,
    pack_profile,
    unpack_profile,
    unpack_records,
)
from leads.identity.profiles import profile_of
from leads.identity.records import compare_profiles
from leads.identity.text import normalise_name

CROWDED = 60  # a key that more records share says little and costs their square
KINDS = ("strong", "named", "loose")
SHARES = 32  # parts that the keys are divided into, each grouped by itself
RIGHT = (1 << 32) - 1  # a pair is one number: left << 32 | right


def normalise(task: bytes) -> bytes:
    """Records from one position on → packed profiles, their sizes, bearings, and keys by share."""
    first, packed = loads(task)
    texts: list[bytes] = []
    places: dict[PlaceOf, int] = {}
    trades: dict[TradeOf, int] = {}
    place_codes, trade_codes, kinds = array("I"), array("I"), bytearray()
    shares = [tuple(array("q") for _kind in KINDS) for _share in range(SHARES)]
    for position, record in enumerate(unpack_records(packed), start=first):
        profile = profile_of(record)
        texts.append(pack_profile(profile))
        place, trade, kind = bearing_of(profile)
        place_codes.append(places.setdefault(place, len(places)))
        trade_codes.append(trades.setdefault(trade, len(trades)))
        kinds.append(kind)
        for kind, keys in enumerate(batch_hashes(profile)):
            for key in keys:
                filed = shares[key % SHARES][kind]
                filed.append(key)
                filed.append(position)
    return dumps((
        b"".join(texts), array("I", map(len, texts)).tobytes(),
        (list(places), place_codes.tobytes()), (list(trades), trade_codes.tobytes()), bytes(kinds),
        [[keys.tobytes() for keys in share] for share in shares],
    ))  # fmt: skip


def group(task: bytes) -> bytes:
    """Some shares' keys with positions, and the bearings → pairs to be compared, in order."""
    shares, *told = loads(task)
    bearings = Bearings(*told)
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


STEPS: tuple[Callable[[bytes], bytes], ...] = (normalise, group, compare_pairs)


def forget_names() -> None:
    """Let go of the names that were read last: in a million others they hardly come again."""
    parse_company_name.cache_clear()
    normalise_name.cache_clear()


def _groups(packed: bytes) -> Iterable[list[int]]:
    """The positions that share a key; most keys have one record and cost no list."""
    numbers = array("q", packed)
    firsts: dict[int, int] = {}
    shared: dict[int, list[int]] = {}
    for key, position in zip(numbers[::2], numbers[1::2], strict=True):
        first = firsts.setdefault(key, position)
        if first == position:
            continue
        members = shared.get(key)
        if members is None:
            shared[key] = [first, position]
        elif members[-1] != position:
            members.append(position)
    return shared.values()


def _chained(members: list[int]) -> Iterable[tuple[int, int]]:
    """All pairs in a group; a crowded group is chained, each with the next."""
    if len(members) <= CROWDED:
        return combinations(members, 2)
    return zip(members, members[1:], strict=False)


def _small(groups: Iterable[list[int]]) -> Iterator[list[int]]:
    return (members for members in groups if len(members) <= CROWDED)
