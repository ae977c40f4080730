"""Between the catalogue's rows and the pricing engine, which knows no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.money import LARGEST
from orders import pricing
from orders.drafts import LineDraft
from orders.errors import FaultyLines
from orders.models import PriceBook, PriceBookEntry, Product

SIX_PLACES = Decimal("0.000001")
HUNDRED = Decimal(100)
CATALOGUE_STEPS = (pricing.ReasonCode.LIST_PRICE, pricing.ReasonCode.BOOK_PRICE)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What every line of a quote or order is priced on."""

    currency: str
    is_tax_inclusive: bool
    price_book: PriceBook | None
    customer_level: str
    discount_percent: Decimal
    on: date


@dataclass(frozen=True)
class PricedLine:
    """A line as typed, its product, and what it costs and why."""

    draft: LineDraft
    product: Product
    line: pricing.Line
    price: pricing.PriceExplanation

    @property
    def list_price(self) -> Decimal:
        """The unit price before any discount: the first step of the explanation."""
        return self.price.steps[0].unit_price

    @property
    def unit_price(self) -> Decimal:
        return self.price.unit_price.quantize(SIX_PLACES)

    @property
    def before_discount(self) -> Decimal:
        """The amount at the catalogue's price: what is agreed below it is a discount too."""
        prices = [one.unit_price for one in self.price.steps if one.code in CATALOGUE_STEPS]
        agreed = self.draft.agreed_price
        catalogue = prices[-1] if prices else self.list_price
        dearest = catalogue if agreed is None else max(catalogue, agreed)
        return pricing.round_money(self.line.at(dearest))

    @property
    def discount(self) -> Decimal:
        """What the seller gave away, in the tax basis of the prices."""
        price = self.price
        return self.before_discount - (price.gross if price.includes_tax else price.net)

    @property
    def explanation(self) -> list[dict[str, object]]:
        return [step.as_dict() for step in self.price.steps]


@dataclass(frozen=True)
class Priced:
    """Every line priced, and their sum."""

    lines: Sequence[PricedLine]
    totals: pricing.OrderTotals


def price_lines(basis: Basis, drafts: Sequence[LineDraft]) -> Priced:
    """Price each line; raises FaultyLines, with words for each line that has no honest price."""
    products = Product.objects.in_bulk([draft.product_id for draft in drafts])
    book = engine_book(basis, products.values())
    customer = pricing.Customer(
        level=basis.customer_level, discount_rate=basis.discount_percent / HUNDRED
    )
    priced: list[PricedLine] = []
    faults: dict[int, str] = {}
    for place, draft in enumerate(drafts):
        product = products.get(draft.product_id)
        if product is None:
            faults[place] = _("This product is not in the catalogue any more.")
            continue
        line = engine_line(basis, product, draft)
        try:
            price = pricing.price(line, book, customer, basis.on)
            priced.append(PricedLine(draft, product, line, price))
            if price.gross + price.discount > LARGEST:
                faults[place] = too_large(product)
        except pricing.PricingError as error:
            faults[place] = fault_words(error, product, basis)
    if faults:
        raise FaultyLines(faults)
    totals = pricing.total(line.price for line in priced)
    if totals.gross + totals.before_discount > LARGEST:
        raise FaultyLines({len(priced) - 1: too_large(priced[-1].product)})
    return Priced(priced, totals)


def too_large(product: Product) -> str:
    """More than the books can hold is a slip of the finger."""
    return _("%(product)s: this amount is too large.") % {"product": product.name}


def engine_line(basis: Basis, product: Product, draft: LineDraft) -> pricing.Line:
    """A typed line in the engine's terms: a catalogue price in another currency is no price."""
    is_same = product.currency == basis.currency
    rate = product.tax_rate / HUNDRED
    floor = product.floor_price
    return pricing.Line(
        product=pricing.Product(
            sku=product.code,
            list_price=rebase(product.list_price, rate, True, basis) if is_same else None,
            tax_rate=rate,
            floor_price=rebase(floor, rate, True, basis) if is_same and floor is not None else None,
            currency=basis.currency,
        ),
        quantity=draft.quantity,
        discount_rate=draft.discount_percent / HUNDRED,
        agreed_price=draft.agreed_price,
        agreed_amount=draft.agreed_amount,
    )


def engine_book(basis: Basis, products: Iterable[Product]) -> pricing.PriceBook:
    """The price book's entries for these products, in the tax basis of the document."""
    book = basis.price_book
    if book is None or book.currency != basis.currency:
        return pricing.PriceBook(
            name="", currency=basis.currency, includes_tax=basis.is_tax_inclusive
        )
    by_id = {product.pk: product for product in products}
    rows = PriceBookEntry.objects.filter(price_book=book, product_id__in=by_id)
    return pricing.PriceBook(
        name=book.name,
        currency=book.currency,
        includes_tax=basis.is_tax_inclusive,
        entries=tuple(engine_entry(basis, book, row, by_id[row.product_id]) for row in rows),
    )


def engine_entry(
    basis: Basis, book: PriceBook, row: PriceBookEntry, product: Product
) -> pricing.PriceEntry:
    """One row of a price book in the engine's terms."""
    rate = product.tax_rate / HUNDRED
    return pricing.PriceEntry(
        sku=product.code,
        unit_price=rebase(row.unit_price, rate, book.includes_tax, basis),
        min_quantity=row.min_quantity,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        customer_level=row.customer_level,
    )


def rebase(amount: Decimal, rate: Decimal, includes_tax: bool, basis: Basis) -> Decimal:
    """A catalogue price with or without tax, as the order's prices are."""
    if includes_tax == basis.is_tax_inclusive:
        return amount
    factor = 1 + rate
    return (amount / factor if includes_tax else amount * factor).quantize(SIX_PLACES)


def fault_words(error: pricing.PricingError, product: Product, basis: Basis) -> str:
    """Why there is no price, and what would help."""
    names = {"product": product.name, "currency": basis.currency}
    if error.code == "no_price":
        return _("%(product)s has no price in %(currency)s: type an agreed price.") % names
    if error.code == "bad_discount":
        return _("%(product)s: a discount is between 0 and 100%%.") % names
    return _("%(product)s cannot be priced like this.") % names
