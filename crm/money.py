"""Money: Decimal in Python, whole minor units in the database.

bigint comparisons are leakproof, so amounts stay usable as index conditions under row-level
security; numeric ones do not. The scale is two decimals for every currency (docs/adr).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.db.models import expressions
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("9999999999999.99")


def round_money(amount: Decimal | int | str) -> Decimal:
    """Round to two decimals, half away from zero, as invoices and PostgreSQL do."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal | int | str) -> int:
    """The amount in minor units (fen, cents)."""
    return int(round_money(amount) * 100)


def from_minor(units: int) -> Decimal:
    """The amount that many minor units make."""
    return (Decimal(units) / 100).quantize(CENT)


def split_money(amount: Decimal, parts: Sequence[int]) -> list[Decimal]:
    """The amount in these parts, to the cent: rounded towards zero, then the largest remainders.

    They sum to the amount exactly; of equal remainders the first gets the cent.
    """
    units, whole = to_minor(amount), sum(parts)
    sign = -1 if units < 0 else 1
    shares = [divmod(abs(units) * part, whole) for part in parts]
    left = abs(units) - sum(share for share, _rest in shares)
    first = sorted(range(len(parts)), key=lambda place: (-shares[place][1], place))[:left]
    return [
        from_minor(sign * (share + (place in first))) for place, (share, _rest) in enumerate(shares)
    ]


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """A Decimal amount with two decimals, stored as bigint minor units."""

    if TYPE_CHECKING:  # what django-stubs takes and gives
        _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
        _pyi_private_get_type: Decimal  # type: ignore[assignment]

    description = _("Amount of money")
    empty_strings_allowed = False

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_minor(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError(_("Enter an amount.")) from error

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value  # type: ignore[no-any-return]
        return to_minor(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    @property
    def validators(self) -> list[Any]:
        return [DecimalValidator(15, 2)]

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        from django.forms import DecimalField  # noqa: PLC0415  (forms are not needed by tasks)

        return DecimalField(
            **{
                "required": not self.blank,
                "label": self.verbose_name,
                "help_text": self.help_text,
                "max_digits": 15,
                "decimal_places": 2,
            }
            | {k: v for k, v in kwargs.items() if k in {"label", "required", "widget", "initial"}}
        )


def _keep_money_in_sums() -> None:
    """F("amount") - F("paid_amount") is money too; Django would call it a whole number of fen."""
    for connector in (Combinable.ADD, Combinable.SUB):
        combinations = expressions._connector_combinators[connector]  # type: ignore[attr-defined]
        combinations.insert(0, (MoneyField, MoneyField, MoneyField))


_keep_money_in_sums()
