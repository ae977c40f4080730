"""A row of a file as the search for its like sees it."""

from collections.abc import Iterable, Sequence

from leads.identity.plain import loads
from leads.identity.profiles import Profile
from leads.identity.types import STRONG_KINDS, CompanyName

TELLING_KINDS = STRONG_KINDS | {"sound_region"}


def strong_keys(keys: Sequence[int], kinds: Sequence[str]) -> list[int]:
    """The keys that alone are reason enough to look."""
    return [key for key, kind in zip(keys, kinds, strict=True) if kind in STRONG_KINDS]


def telling_keys(keys: Iterable[int], kinds: Iterable[str]) -> tuple[int, ...]:
    """The keys by which rows of one file are compared: strong ones, and the brand as it sounds."""
    pairs = zip(keys, kinds, strict=True)
    return tuple([key for key, kind in pairs if kind in TELLING_KINDS])


class Asked:
    """Its number, who it is, the keys to look for: each with what sharing it says.

    `telling` are the keys by which rows of one file are compared. Most rows meet nobody, so a
    profile may come packed and is unpacked when it is asked for.
    """

    __slots__ = ("_profile", "number", "sought", "telling")

    def __init__(
        self,
        number: int,
        profile: Profile | bytes,
        sought: Sequence[tuple[int, int, bool]] = (),
        telling: Sequence[int] = (),
    ) -> None:
        self.number, self._profile = number, profile
        self.sought, self.telling = sought, telling

    @property
    def profile(self) -> Profile:
        """Who it is."""
        if isinstance(self._profile, bytes):
            names, *rest = loads(self._profile)
            self._profile = Profile(tuple([CompanyName(*name) for name in names]), *rest)
        return self._profile
