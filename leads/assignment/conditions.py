"""Does a lead meet a condition? Text is compared without case, numbers as numbers."""

from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation
from typing import Any

from leads.assignment.types import Candidate, Condition, Operator

Check = Callable[[object], bool]


def compile_condition(condition: Condition) -> Callable[[Candidate], bool]:
    """The condition as a function of a lead."""
    check = _CHECKS[condition.op](condition.value)
    name = condition.field
    return lambda candidate: check(candidate.fields.get(name))


def _fold(value: object) -> object:
    if isinstance(value, str):
        return value.strip().casefold()
    return value


def _folds(value: object) -> frozenset[object]:
    if isinstance(value, str) or not isinstance(value, Collection):
        return frozenset({_fold(value)})
    return frozenset(map(_fold, value))


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | Collection) and not _present(value))


def _present(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else len(value))


def _one_of(wanted: object) -> Check:
    """A lead's field with several values meets the condition with any of them."""
    values = _folds(wanted)

    def check(value: object) -> bool:
        if isinstance(value, str):
            return _fold(value) in values
        return not values.isdisjoint(_folds(value))

    return check


def _contains(wanted: object) -> Check:
    part = _fold(wanted)

    def check(value: object) -> bool:
        if isinstance(value, str):
            return str(part) in value.casefold()
        return part in _folds(value)

    return check


def _starts_with(wanted: object) -> Check:
    parts = tuple(str(part) for part in _folds(wanted))
    return lambda value: isinstance(value, str) and str(_fold(value)).startswith(parts)


def _at_least(wanted: object) -> Check:
    return lambda value: (order := _compare(value, wanted)) is not None and order >= 0


def _at_most(wanted: object) -> Check:
    return lambda value: (order := _compare(value, wanted)) is not None and order <= 0


def _empty(wanted: object) -> Check:
    return lambda value: _is_empty(value) is (wanted is not False)


def _compare(left: Any, right: Any) -> int | None:
    """-1, 0, 1; None when the two cannot be put in order."""
    if left is None or right is None:
        return None
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        left, right = numbers
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        return None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


_CHECKS: dict[Operator, Callable[[object], Check]] = {
    "eq": _one_of,
    "in": _one_of,
    "contains": _contains,
    "startswith": _starts_with,
    "gte": _at_least,
    "lte": _at_most,
    "is_empty": _empty,
}
