"""Records as plain bytes: small to keep by the million, cheap to hand to another process."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter, itemgetter

import numpy as np
import numpy.typing as npt

from leads.identity.names import verdict_for
from leads.identity.plain import dumps, loads
from leads.identity.profiles import Profile
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.shapes import Shape, shaped
from leads.identity.types import CompanyName, Identity, IdentityMatch

_END, _WHOLE = "\0", b"\xff"  # what begins a whole profile begins no text
_told = itemgetter(slice(1, None))  # all fields but the id
_more = attrgetter(*(name for name in Identity._fields if name not in ("id", "company", "phones")))
_NO_MORE = _more(Identity())
_value = str.__str__  # of a code: its plain text, quicker than `.value`
_CODES = {code.value: code for code in ReasonCode}
Found = tuple[int, float, tuple[int, ...]]  # a pair, its score, its reasons


def saying_more(records: Iterable[Identity]) -> list[int]:
    """Which of these say anything besides a company and phones."""
    return [at for at, more in enumerate(map(_more, records)) if more != _NO_MORE]


def pack_records(
    search: int, first: int, records: Sequence[Identity], more: Iterable[int]
) -> bytes:
    """What records say, without their ids: their companies, a phone of each, and all of the few
    that say more or have several."""
    companies, cells = [one.company for one in records], [one.phones for one in records]
    several = [at for at, cell in enumerate(cells) if len(cell) > 1]
    others = {at: _told(records[at]) for at in {*more, *several}}
    phones = [cell[0] if cell else "" for cell in cells]
    try:
        return dumps((search, first, companies, phones, others))
    except ValueError:  # a text that is more than text, such as a member of an enumeration
        texts = [list(map(_plain_text, column)) for column in (companies, phones)]
        told = {at: tuple(map(_plain_text, one)) for at, one in others.items()}
        return dumps((search, first, *texts, told))


def _plain_text(value: str | Iterable[str]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return "".join(value)
    return tuple("".join(one) for one in value)


def pack_plain(
    names: Sequence[CompanyName], phones: Iterable[str]
) -> tuple[bytes, npt.NDArray[np.intp]]:
    """Profiles of one name and perhaps a phone, one after the other, and how long each is.

    Their shapes are kept elsewhere. No normalised text has the character that ends each here.
    """
    told = zip([name.brand for name in names], [name.text for name in names], phones, strict=True)
    packed = _END.join((*chain.from_iterable(told), "")).encode("utf-8", "surrogatepass")
    ends = np.flatnonzero(np.frombuffer(packed, np.uint8) == 0)[2::3] + 1
    return packed, np.diff(ends, prepend=0)


def pack_profile(profile: Profile) -> bytes:
    """Any other normalised record."""
    names, *rest = profile
    return _WHOLE + dumps((tuple(map(tuple, names)), *rest))


def unpack_profile(packed: bytes, shape: Shape) -> Profile:
    """The same profile again."""
    if packed.startswith(_WHOLE):
        names, *rest = loads(memoryview(packed)[1:])
        return Profile(tuple([CompanyName(*name) for name in names]), *rest)
    brand, text, phone, _ = packed.decode("utf-8", "surrogatepass").split(_END)
    name = shaped(shape, brand, text)
    return Profile((name,), "", frozenset((phone,))) if phone else Profile((name,))


class Matches:
    """What comparisons found, as plain values: a reason that several pairs share is told once."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.reasons: list[Reason] = []
        self.numbers: dict[int, int] = {}

    def add(self, number: int, match: IdentityMatch) -> None:
        self.found.append((number, match.score, tuple(map(self._number, match.reasons))))

    def _number(self, reason: Reason) -> int:
        """Which it is: those that are made once are known as the same, without a look at them."""
        known = self.numbers.setdefault(id(reason), len(self.reasons))
        if known == len(self.reasons):
            self.reasons.append(reason)
        return known

    def packed(self) -> bytes:
        return dumps((self.found, [(_value(code), dict(said)) for code, said in self.reasons]))


def unpack_matches(packed: bytes) -> Iterator[tuple[int, IdentityMatch]]:
    """The same matches again, each with its number; a verdict follows from its score."""
    found, told = loads(packed)
    reasons = [Reason(_CODES[code], params) for code, params in told]
    for number, score, which in found:
        match = IdentityMatch(score, verdict_for(score), tuple([reasons[at] for at in which]))
        yield number, match
