"""The one place where this engine rounds money."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def round_money(amount: Decimal) -> Decimal:
    """Two decimals, half away from zero (四舍五入)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + Decimal(0)  # no -0.00
