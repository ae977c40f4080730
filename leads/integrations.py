from django.utils.translation import gettext_lazy as _

from crm.integrations.registry import Area, register

register(
    Area(
        "leads",
        _("Leads"),
        "leads.api.leads",
        ("leads.view_lead", "leads.create_lead", "leads.edit_lead"),
        order=10,
    )
)
register(
    Area(
        "customers",
        _("Customers"),
        "leads.api.customers",
        ("leads.view_customer", "leads.create_customer", "leads.edit_customer"),
        order=20,
    )
)
register(
    Area(
        "contacts",
        _("Contacts"),
        "leads.api.contacts",
        ("leads.view_customer", "leads.edit_customer"),
        order=30,
    )
)
register(
    Area("identity", _("Known clients"), "leads.api.identity", ("leads.create_lead",), order=40)
)
