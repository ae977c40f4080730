"""What a line costs and why: list → book → discounts → floor → tax."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from orders.pricing.rounding import round_money
from orders.pricing.types import (
    ZERO,
    Customer,
    ErrorCode,
    Line,
    OrderTotals,
    PriceBook,
    PriceEntry,
    PriceExplanation,
    PricingError,
    ReasonCode,
    Step,
    TaxGroup,
)


def price(line: Line, book: PriceBook, customer: Customer, on: date) -> PriceExplanation:
    """The price of a line on a day. Unit prices stay exact; only amounts are rounded, once."""
    _check(line, book, customer)
    steps = [*_base_steps(line, book, customer, on)]
    base = steps[-1].unit_price
    steps += _discount_steps(line, customer, base)
    unit_price = steps[-1].unit_price
    floor = _floor_step(line, unit_price)
    rate = line.product.tax_rate
    net, tax, gross = _amounts(line.at(unit_price), rate, includes_tax=book.includes_tax)
    code = ReasonCode.TAX_INCLUDED if book.includes_tax else ReasonCode.TAX_ADDED
    steps += [floor, Step(code, unit_price, params={"rate": str(rate), "tax": str(tax)})]
    before = round_money(line.at(base))
    return PriceExplanation(
        sku=line.product.sku,
        quantity=line.quantity,
        unit_price=unit_price,
        tax_rate=rate,
        includes_tax=book.includes_tax,
        currency=book.currency,
        before_discount=before,
        discount=before - (gross if book.includes_tax else net),
        net=net,
        tax=tax,
        gross=gross,
        is_below_floor=floor.code == ReasonCode.BELOW_FLOOR,
        steps=tuple(steps),
    )


def total(lines: Iterable[PriceExplanation]) -> OrderTotals:
    """Sums of the rounded lines, in all and by tax rate; lines must share a currency."""
    lines = list(lines)
    currencies = {line.currency for line in lines}
    if len(currencies) > 1:
        raise PricingError(ErrorCode.MIXED_CURRENCIES, currencies=", ".join(sorted(currencies)))
    return OrderTotals(
        currency=currencies.pop() if currencies else "",
        net=_sum(line.net for line in lines),
        tax=_sum(line.tax for line in lines),
        gross=_sum(line.gross for line in lines),
        before_discount=_sum(line.before_discount for line in lines),
        discount=_sum(line.discount for line in lines),
        tax_groups=_tax_groups(lines),
        has_line_below_floor=any(line.is_below_floor for line in lines),
    )


def _check(line: Line, book: PriceBook, customer: Customer) -> None:
    if line.product.currency != book.currency:
        params = {"product": line.product.currency, "book": book.currency}
        raise PricingError(ErrorCode.WRONG_CURRENCY, **params)
    for rate in (line.discount_rate, customer.discount_rate):
        if not ZERO <= rate <= 1:
            raise PricingError(ErrorCode.BAD_DISCOUNT, rate=str(rate))
    if not ZERO <= line.product.tax_rate < 1:
        raise PricingError(ErrorCode.BAD_TAX_RATE, rate=str(line.product.tax_rate))
    if line.agreed_price is not None and line.agreed_price < 0:
        raise PricingError(ErrorCode.NEGATIVE_PRICE, price=str(line.agreed_price))


def _base_steps(line: Line, book: PriceBook, customer: Customer, on: date) -> Iterable[Step]:
    """List price, then the best entry of the book, then a price agreed for this line alone."""
    current = line.product.list_price
    if current is not None:
        yield Step(ReasonCode.LIST_PRICE, current, params={"product": line.product.sku})
    entry = _best_entry(line, book, customer, on)
    if entry is not None:
        params = {"book": book.name, "min_quantity": str(entry.min_quantity)}
        yield _changed(ReasonCode.BOOK_PRICE, entry.unit_price, current, params)
        current = entry.unit_price
    elif current is not None:
        yield Step(ReasonCode.NO_BOOK_PRICE, current, params={"book": book.name})
    if line.agreed_price is not None:
        yield _changed(ReasonCode.AGREED_PRICE, line.agreed_price, current, {})
    elif current is None:
        raise PricingError(ErrorCode.NO_PRICE, sku=line.product.sku, book=book.name)


def _changed(
    code: ReasonCode, unit_price: Decimal, before: Decimal | None, params: dict[str, str]
) -> Step:
    change = ZERO if before is None else unit_price - before
    return Step(code, unit_price, change, params)


def _best_entry(line: Line, book: PriceBook, customer: Customer, on: date) -> PriceEntry | None:
    """The customer's own level first, then the highest quantity reached, then the latest start."""
    fitting = [entry for entry in book.entries if entry.applies(line, customer.level, on)]
    return max(fitting, key=_precedence, default=None)


def _precedence(entry: PriceEntry) -> tuple[bool, Decimal, date, Decimal]:
    start = entry.valid_from or date.min
    return bool(entry.customer_level), entry.min_quantity, start, -entry.unit_price


def _discount_steps(line: Line, customer: Customer, base: Decimal) -> Iterable[Step]:
    """The customer's discount, then the line's on what is left; an agreed price holds the first."""
    current = base
    discounts = [(ReasonCode.LINE_DISCOUNT, line.discount_rate)]
    if line.agreed_price is None:
        discounts.insert(0, (ReasonCode.CUSTOMER_DISCOUNT, customer.discount_rate))
    for code, rate in discounts:
        if rate:
            change = -current * rate
            current += change
            yield Step(code, current, change, {"rate": str(rate)})


def _floor_step(line: Line, unit_price: Decimal) -> Step:
    """A price below the floor is marked for approval, never raised in silence."""
    floor = line.product.floor_price
    if floor is None:
        return Step(ReasonCode.NO_FLOOR, unit_price)
    if unit_price >= floor:
        return Step(ReasonCode.ABOVE_FLOOR, unit_price, params={"floor": str(floor)})
    params = {"floor": str(floor), "missing": str(floor - unit_price)}
    return Step(ReasonCode.BELOW_FLOOR, unit_price, params=params)


def _amounts(
    amount: Decimal, rate: Decimal, *, includes_tax: bool
) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax, gross. What the customer sees is rounded first, the rest follows by difference."""
    if includes_tax:
        gross = round_money(amount)
        net = round_money(gross / (1 + rate))
        return net, gross - net, gross
    net = round_money(amount)
    tax = round_money(net * rate)
    return net, tax, net + tax


def _tax_groups(lines: list[PriceExplanation]) -> tuple[TaxGroup, ...]:
    """One group per rate, highest first, as an invoice lists them."""
    rates = sorted({line.tax_rate for line in lines}, reverse=True)
    groups = ((rate, [line for line in lines if line.tax_rate == rate]) for rate in rates)
    return tuple(
        TaxGroup(
            rate=rate,
            net=_sum(line.net for line in group),
            tax=_sum(line.tax for line in group),
            gross=_sum(line.gross for line in group),
        )
        for rate, group in groups
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))
