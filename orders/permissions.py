from django.utils.translation import gettext_lazy as _

from crm.access.fields import guard
from crm.access.masks import mask_all
from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL

declare(
    "orders.view_order",
    _("See orders"),
    rep=OWN,
    manager=TREE,
    finance=ALL,
    legal=ALL,
    administrator=ALL,
)
declare(
    "orders.create_order", _("Write orders"), whole=True, rep=OWN, manager=TREE, administrator=ALL
)
declare(
    "orders.edit_order",
    _("Edit, submit, withdraw and cancel orders"),
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare("orders.share_order", _("Share orders"), manager=TREE, administrator=ALL)
declare("orders.transfer_order", _("Transfer orders"), rep=OWN, manager=TREE, administrator=ALL)
declare("orders.export_order", _("Export orders"), manager=TREE, finance=ALL, administrator=ALL)
declare(
    "orders.view_product",
    _("See products and prices"),
    whole=True,
    rep=ALL,
    manager=ALL,
    finance=ALL,
    legal=ALL,
    administrator=ALL,
)
declare(
    "orders.edit_product", _("Edit products and prices"), whole=True, finance=ALL, administrator=ALL
)

guard("orders.product.cost", mask_all)
