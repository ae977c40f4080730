from django.utils.translation import gettext_lazy as _

from crm.access.fields import guard
from crm.access.masks import mask_all, mask_email, mask_end, mask_phone
from crm.access.registry import declare
from crm.people.enums import Scope

OWN, TREE, ALL = Scope.OWN, Scope.TREE, Scope.ALL

declare("leads.view_lead", _("See leads"), rep=OWN, manager=TREE, marketing=ALL, administrator=ALL)
declare(
    "leads.create_lead",
    _("Create leads"),
    whole=True,
    rep=OWN,
    manager=TREE,
    marketing=ALL,
    service=OWN,
    administrator=ALL,
)
declare(
    "leads.edit_lead",
    _("Edit leads and log follow-ups"),
    rep=OWN,
    manager=TREE,
    marketing=ALL,
    administrator=ALL,
)
declare("leads.assign_lead", _("Assign leads"), manager=TREE, marketing=ALL, administrator=ALL)
declare("leads.import_lead", _("Import leads"), marketing=ALL, administrator=ALL)
declare(
    "leads.view_channels",
    _("See all arrivals by channel"),
    whole=True,
    marketing=ALL,
    administrator=ALL,
)
declare("leads.export_lead", _("Export leads"), manager=TREE, marketing=ALL, administrator=ALL)
declare("leads.edit_rules", _("Edit assignment rules"), whole=True, administrator=ALL)
declare(
    "leads.view_customer", _("See customers"),
    rep=OWN, manager=TREE, finance=ALL, legal=ALL, marketing=ALL, service=ALL, administrator=ALL,
)  # fmt: skip
declare(
    "leads.create_customer",
    _("Create customers"),
    whole=True,
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare(
    "leads.edit_customer",
    _("Edit customers and contacts"),
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare("leads.export_customer", _("Export customers"), manager=TREE, administrator=ALL)
declare("leads.merge_customer", _("Merge customers"), rep=OWN, manager=TREE, administrator=ALL)
declare(
    "leads.merge_lead",
    _("Merge leads"),
    rep=OWN,
    manager=TREE,
    marketing=ALL,
    administrator=ALL,
)
declare("leads.share_customer", _("Share customers"), manager=TREE, administrator=ALL)
declare(
    "leads.transfer_customer", _("Transfer customers"), rep=OWN, manager=TREE, administrator=ALL
)
declare(
    "leads.protect_customer",
    _("Protect customers: lock their duplicates"),
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare(
    "leads.edit_collision_rules",
    _("Edit collision rules and settings"),
    whole=True,
    administrator=ALL,
)
declare("leads.share_lead", _("Share leads"), manager=TREE, marketing=ALL, administrator=ALL)
declare(
    "leads.transfer_lead",
    _("Transfer leads"),
    rep=OWN,
    manager=TREE,
    marketing=ALL,
    administrator=ALL,
)
declare(
    "leads.view_opportunity",
    _("See opportunities"),
    rep=OWN,
    manager=TREE,
    finance=ALL,
    legal=ALL,
    administrator=ALL,
)
declare(
    "leads.create_opportunity",
    _("Create opportunities"),
    whole=True,
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare(
    "leads.edit_opportunity",
    _("Edit and move opportunities"),
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare("leads.share_opportunity", _("Share opportunities"), manager=TREE, administrator=ALL)
declare(
    "leads.transfer_opportunity",
    _("Transfer opportunities"),
    rep=OWN,
    manager=TREE,
    administrator=ALL,
)
declare("leads.export_opportunity", _("Export opportunities"), manager=TREE, administrator=ALL)

declare(
    "leads.view_case", _("See collision cases"), rep=OWN, manager=TREE, marketing=OWN,
    service=OWN, finance=OWN, legal=OWN, administrator=ALL,
)  # fmt: skip
declare(
    "leads.open_case",
    _("Report collisions"),
    whole=True,
    rep=OWN,
    manager=TREE,
    marketing=ALL,
    service=OWN,
    administrator=ALL,
)
declare("leads.decide_case", _("Decide collision cases"), manager=TREE, administrator=ALL)
declare(
    "leads.view_risks", _("See early warnings of collisions"), whole=True,
    rep=OWN, manager=TREE, marketing=ALL, administrator=ALL,
)  # fmt: skip
declare(
    "leads.decide_risks", _("Decide early warnings of collisions"), whole=True,
    manager=TREE, administrator=ALL,
)  # fmt: skip

declare(
    "leads.view_figures", _("See the figures about collisions"), manager=TREE, administrator=ALL
)

guard("leads.lead.phone", mask_phone, also=("phone_key", "other_phones"))
guard("leads.lead.email", mask_email)
guard("leads.lead.wechat", mask_all)
guard("leads.lead.credit_code", mask_end)
guard("leads.customer.phone", mask_phone, also=("phone_key",))
guard("leads.customer.credit_code", mask_end)
guard("leads.contact.phone", mask_phone, also=("phone_key", "other_phones"))
guard("leads.contact.email", mask_email)
guard("leads.contact.wechat", mask_all)
