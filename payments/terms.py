"""Payment terms → instalments: shares, amounts that tie out, due dates. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm.money import round_money
from orders.enums import PaymentTerms
from payments.enums import InstalmentKind

ADVANCE_DAYS = 7
USUAL_DELIVERY_DAYS = 30
WARRANTY_DAYS = 365
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Term:
    """A share of the order, due so many days after approval or after delivery."""

    kind: InstalmentKind
    percent: Decimal
    days: int
    after_delivery: bool = True


@dataclass(frozen=True)
class Part:
    """One instalment as it will be written."""

    kind: InstalmentKind
    percent: Decimal
    amount: Decimal
    due_date: date


def _advance(kind: InstalmentKind, percent: int) -> Term:
    return Term(kind, Decimal(percent), ADVANCE_DAYS, after_delivery=False)


def _delivered(kind: InstalmentKind, percent: int, days: int = 0) -> Term:
    return Term(kind, Decimal(percent), days)


TERMS: dict[str, tuple[Term, ...]] = {
    PaymentTerms.FULL_ADVANCE: (_advance(InstalmentKind.FULL, 100),),
    PaymentTerms.PREPAID_30_70: (
        _advance(InstalmentKind.DEPOSIT, 30),
        _delivered(InstalmentKind.BALANCE, 70),
    ),
    PaymentTerms.PREPAID_30_60_10: (
        _advance(InstalmentKind.DEPOSIT, 30),
        _delivered(InstalmentKind.DELIVERY, 60),
        _delivered(InstalmentKind.RETENTION, 10, WARRANTY_DAYS),
    ),
    PaymentTerms.ON_DELIVERY: (_delivered(InstalmentKind.DELIVERY, 100),),
    PaymentTerms.NET_30: (_delivered(InstalmentKind.FULL, 100, 30),),
    PaymentTerms.NET_60: (_delivered(InstalmentKind.FULL, 100, 60),),
}


def split_amount(total: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """Shares of `total`, each rounded; the last one takes what rounding leaves."""
    shares = [round_money(total * percent / WHOLE) for percent in percents[:-1]]
    return [*shares, round_money(total) - sum(shares, Decimal(0))]


def instalments_of(
    *, terms: str, total: Decimal, approved_on: date, delivery_on: date | None
) -> list[Part]:
    """The instalments that these terms make; unknown terms are the usual 30 % and 70 %.

    Without a delivery date the usual delivery time is assumed. A share too small for a cent goes
    to the last instalment.
    """
    wanted = TERMS.get(terms, TERMS[PaymentTerms.PREPAID_30_70])
    delivered = delivery_on or approved_on + timedelta(days=USUAL_DELIVERY_DAYS)
    delivered = max(delivered, approved_on + timedelta(days=ADVANCE_DAYS))
    amounts = split_amount(total, [term.percent for term in wanted])
    return [
        Part(
            term.kind,
            term.percent,
            amount,
            (delivered if term.after_delivery else approved_on) + timedelta(days=term.days),
        )
        for term, amount in zip(wanted, amounts, strict=True)
        if amount > 0
    ]
