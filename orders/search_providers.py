from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.access import policy
from crm.people.models import Member
from crm.web import formats, search
from crm.web.search import Hit
from orders import words
from orders.models import Order, PricedDocument, Product, Quote
from orders.selectors.orders import narrow_orders
from orders.selectors.products import narrow_products
from orders.selectors.quotes import narrow_quotes


@search.provider("orders", _("Orders"), permission="orders.view_order", order=40)
def find_orders(member: Member, text: str) -> Iterable[Hit]:
    """Orders by number, contract number or customer."""
    own = policy.visible(member, Order.objects.select_related("customer"), "orders.view_order")
    for order in narrow_orders(own, text).order_by("-id")[: search.LIMIT]:
        yield hit(order, "orders:detail", "file-invoice")


@search.provider("quotes", _("Quotes"), permission="orders.view_quote", order=35)
def find_quotes(member: Member, text: str) -> Iterable[Hit]:
    """Quotes by number or customer."""
    own = policy.visible(member, Quote.objects.select_related("customer"), "orders.view_quote")
    for quote in narrow_quotes(own, text).order_by("-id")[: search.LIMIT]:
        yield hit(quote, "orders:quote", "file-text")


def hit(document: PricedDocument, page: str, icon: str) -> Hit:
    """Number, customer, state and amount."""
    amount = formats.money(document.gross_amount, document.currency)
    return Hit(
        f"{document.number} · {document.customer.name}",
        reverse(page, args=[document.pk]),
        f"{document.get_status_display()} · {amount}",
        icon,
    )


@search.provider("products", _("Products"), permission="orders.view_product", order=80)
def find_products(member: Member, text: str) -> Iterable[Hit]:
    """Products by name or code."""
    for product in narrow_products(Product.objects.all(), text).order_by("sort_key")[:6]:
        yield Hit(
            product.name,
            reverse("orders:product", args=[product.pk]),
            f"{product.code} · {words.unit_price(product.list_price, product.currency)}",
            "package",
        )
