from django.utils.translation import gettext_lazy as _

from crm.access.fields import guard
from crm.access.masks import mask_all
from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL
READERS = {"rep": OWN, "manager": TREE, "finance": ALL, "legal": ALL, "administrator": ALL}
WRITERS = {"rep": OWN, "manager": TREE, "administrator": ALL}
HEADS = {"manager": TREE, "administrator": ALL}
EXPORTERS = {"manager": TREE, "finance": ALL, "administrator": ALL}

declare("orders.view_quote", _("See quotes"), whole=False, **READERS)
declare("orders.create_quote", _("Write quotes"), whole=True, **WRITERS)
declare("orders.edit_quote", _("Edit, send, revise and close quotes"), whole=False, **WRITERS)
declare("orders.share_quote", _("Share quotes"), whole=False, **HEADS)
declare("orders.transfer_quote", _("Transfer quotes"), whole=False, **WRITERS)
declare("orders.export_quote", _("Export quotes"), whole=False, **EXPORTERS)
declare("orders.view_order", _("See orders"), whole=False, **READERS)
declare("orders.create_order", _("Write orders"), whole=True, **WRITERS)
declare("orders.edit_order", _("Edit, submit, withdraw and cancel orders"), whole=False, **WRITERS)
declare("orders.share_order", _("Share orders"), whole=False, **HEADS)
declare("orders.transfer_order", _("Transfer orders"), whole=False, **WRITERS)
declare("orders.export_order", _("Export orders"), whole=False, **EXPORTERS)
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
