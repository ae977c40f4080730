"""Records as plain bytes: small to keep by the million, cheap to hand to another process."""

import marshal
from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from leads.identity.names import verdict_for
from leads.identity.profiles import Profile
from leads.identity.reasons import Reason, ReasonCode
from leads.identity.types import CompanyName, Identity, IdentityMatch

_PLAIN = 2  # no references between equal values: quicker, and each record stands alone
_told = attrgetter(*(field.name for field in fields(Identity) if field.name != "id"))
_value = str.__str__  # of a code: its plain text, quicker than `.value`
_CODES = {code.value: code for code in ReasonCode}
Found = tuple[int, float, list[tuple[str, dict[str, str]]]]


def dumps(value: Any) -> bytes:
    """Plain values as bytes; nobody but this program reads them."""
    return marshal.dumps(value, _PLAIN)


def loads(packed: bytes | memoryview) -> Any:
    """What was packed by this program."""
    return marshal.loads(packed)  # noqa: S302 - our own bytes, through our own pipe


def pack_records(records: Sequence[Identity]) -> bytes:
    """What records say, without their ids."""
    told = [_told(record) for record in records]
    try:
        return dumps(told)
    except ValueError:  # a text that is more than text, such as a member of an enumeration
        return dumps([tuple(map(_plain_text, one)) for one in told])


def _plain_text(value: str | Iterable[str]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return "".join(value)
    return tuple("".join(one) for one in value)


def pack_plain(name: CompanyName, phone: str) -> bytes:
    """A profile of one name, perhaps with a phone: what stands at its default is left out."""
    names = (tuple(name),)
    return dumps((names, "", frozenset((phone,))) if phone else (names,))


def pack_profile(profile: Profile) -> bytes:
    """A normalised record in a hundred bytes or two."""
    names, *rest = profile
    return dumps((tuple(map(tuple, names)), *rest))


def unpack_profile(packed: bytes | memoryview) -> Profile:
    """The same profile again."""
    names, *rest = loads(packed)
    if len(names) == 1:
        return Profile((CompanyName(*names[0]),), *rest)
    return Profile(tuple([CompanyName(*name) for name in names]), *rest)


def pack_match(number: int, match: IdentityMatch) -> Found:
    """What a comparison found, as plain values."""
    reasons = [(_value(reason.code), dict(reason.params)) for reason in match.reasons]
    return number, match.score, reasons


def unpack_match(score: float, reasons: list[tuple[str, dict[str, str]]]) -> IdentityMatch:
    """The same match again; a verdict follows from its score."""
    told = tuple([Reason(_CODES[code], params) for code, params in reasons])
    return IdentityMatch(score, verdict_for(score), told)
