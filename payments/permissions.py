from django.utils.translation import gettext_lazy as _

from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL

declare(
    "payments.view_plan",
    _("See payment plans and receivables"),
    rep=OWN,
    manager=TREE,
    finance=ALL,
    legal=ALL,
    administrator=ALL,
)
declare(
    "payments.edit_plan",
    _("Edit payment plans"),
    rep=OWN,
    manager=TREE,
    finance=ALL,
    administrator=ALL,
)
declare(
    "payments.export_receivable",
    _("Export receivables"),
    manager=TREE,
    finance=ALL,
    administrator=ALL,
)
declare(
    "payments.view_statement", _("See bank statements"), whole=True, finance=ALL, administrator=ALL
)
declare(
    "payments.import_statement",
    _("Import bank statements"),
    whole=True,
    finance=ALL,
    administrator=ALL,
)
declare("payments.post", _("Match and post bank lines"), whole=True, finance=ALL, administrator=ALL)
declare(
    "payments.edit_account", _("Edit bank accounts"), whole=True, finance=ALL, administrator=ALL
)
