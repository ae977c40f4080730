from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web import navigation
from crm.web.navigation import Create, Entry

navigation.register(
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
