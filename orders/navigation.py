from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web import navigation
from crm.web.navigation import Create, Entry

navigation.register(
    Entry(
        "quotes",
        _("Quotes"),
        "file-text",
        "orders:quotes",
        permission="orders.view_quote",
        section="work",
        order=55,
    ),
    Entry(
        "orders",
        _("Orders"),
        "file-invoice",
        "orders:list",
        permission="orders.view_order",
        section="work",
        order=60,
    ),
    Entry(
        "products",
        _("Products"),
        "package",
        "orders:products",
        permission="orders.view_product",
        section="work",
        order=62,
    ),
)
navigation.register_create(
    Create(
        "quote",
        pgettext_lazy("record", "Quote"),
        "file-text",
        "orders:create_quote",
        "orders.create_quote",
        order=38,
    ),
    Create(
        "order",
        pgettext_lazy("record", "Order"),
        "file-invoice",
        "orders:create",
        "orders.create_order",
        order=40,
    ),
    Create(
        "product",
        _("Product"),
        "package",
        "orders:create_product",
        "orders.edit_product",
        order=80,
    ),
)
