"""Decimal outside, whole numbers inside: sums are exact and fast."""

from decimal import Decimal

SCALE = 4
_UNIT = 10**SCALE


def to_minor(amount: Decimal) -> int:
    """Ten-thousandths of the currency. Raises ValueError for anything finer or not finite."""
    scaled = amount * _UNIT
    if not amount.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"amount too fine to match: {amount}")
    return int(scaled)


def from_minor(minor: int) -> Decimal:
    """The amount again, with cents unless it is finer than that."""
    cents, finer = divmod(minor, 100)
    return Decimal(minor).scaleb(-SCALE) if finer else Decimal(cents).scaleb(-2)
