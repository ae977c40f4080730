"""How far a permission carries, as roles store it and as several roles together make it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from crm.people.enums import Scope

Stored = int | Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """The scopes of one permission; `chosen` are the departments that CHOSEN names.

    One's own records belong to every reach, so OWN adds nothing to a wider one.
    """

    scopes: frozenset[Scope]
    chosen: frozenset[int] = frozenset()

    @property
    def is_all(self) -> bool:
        return Scope.ALL in self.scopes

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(self.scopes | other.scopes, self.chosen | other.chosen)

    @property
    def widest(self) -> Scope:
        """The one scope that says it best, for a label."""
        order = (Scope.ALL, Scope.CHOSEN, Scope.TREE, Scope.DEPARTMENT, Scope.OWN)
        return next(scope for scope in order if scope in self.scopes)


EVERYTHING = Reach(frozenset({Scope.ALL}))


def reach(*scopes: Scope, chosen: Iterable[int] = ()) -> Reach:
    return Reach(frozenset(scopes), frozenset(chosen))


def parse(stored: Stored) -> Reach:
    """What a role stores for a permission: a scope, or a scope with chosen departments.

    Raises ValueError for anything else; whoever reads a role takes that for nothing.
    """
    try:
        if isinstance(stored, Mapping):
            chosen = frozenset(int(one) for one in stored.get("departments", ()))
            return Reach(frozenset({Scope(int(stored["scope"]))}), chosen)
        return Reach(frozenset({Scope(stored)}))
    except (KeyError, TypeError) as damage:
        raise ValueError(stored) from damage


def store(wanted: Reach) -> Stored:
    """The form in which a role keeps it; a role gives one scope per permission."""
    scope = wanted.widest
    if scope == Scope.CHOSEN:
        return {"scope": int(scope), "departments": sorted(wanted.chosen)}
    return int(scope)


def together(found: Iterable[Reach]) -> Reach:
    """What several roles give together."""
    return reduce(or_, found)
