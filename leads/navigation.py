from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web import navigation
from crm.web.navigation import Create, Entry
from leads import collision_tabs
from leads.collision_tabs import CollisionTab
from leads.selectors.assignments import waiting_count
from leads.selectors.cases import waiting_count as cases_waiting
from leads.selectors.leads import untouched_count

navigation.register(
    Entry(
        "leads",
        _("Leads"),
        "users",
        "leads:list",
        permission="leads.view_lead",
        order=20,
        count=untouched_count,
        on_phone=True,
    ),
    Entry(
        "unassigned",
        _("Leads without owner"),
        "user-question",
        "leads:unassigned",
        permission="leads.assign_lead",
        order=25,
        count=waiting_count,
    ),
    Entry(
        "customers",
        _("Customers"),
        "building",
        "leads:customers",
        permission="leads.view_customer",
        order=30,
    ),
    Entry(
        "opportunities",
        _("Opportunities"),
        "layout-kanban",
        "leads:board",
        permission="leads.view_opportunity",
        order=40,
        on_phone=True,
    ),
    Entry(
        "collisions",
        _("Collisions"),
        "scale",
        "leads:cases",
        permission="leads.view_case",
        order=45,
        count=cases_waiting,
        also="leads:merges",
    ),
    Entry(
        "channels",
        _("Channels"),
        "arrows-exchange",
        "leads:channels",
        permission="leads.view_channels",
        section="insight",
        order=30,
    ),
    Entry(
        "rules",
        _("Assignment rules"),
        "route",
        "leads:rules",
        permission="leads.edit_rules",
        section="admin",
        order=20,
    ),
)
navigation.register_create(
    Create(
        "lead",
        _("Lead"),
        "user-plus",
        "leads:create",
        permission="leads.create_lead",
        order=10,
        offer=_("New lead"),
    ),
    Create(
        "customer",
        _("Customer"),
        "building",
        "leads:create_customer",
        permission="leads.create_customer",
        order=20,
        offer=_("New customer"),
    ),
    Create(
        "opportunity",
        _("Opportunity"),
        "briefcase",
        "leads:create_opportunity",
        permission="leads.create_opportunity",
        order=30,
    ),
)
collision_tabs.register(
    CollisionTab("cases", pgettext_lazy("collision", "Cases"), "leads:cases", "leads.view_case", 10)
)
collision_tabs.register(
    CollisionTab("risks", _("Early warning"), "leads:risks", "leads.view_risks", 20)
)
collision_tabs.register(
    CollisionTab(
        "figures", pgettext_lazy("collision", "Figures"), "leads:metrics", "leads.view_figures", 30
    )
)
collision_tabs.register(
    CollisionTab(
        "rules",
        pgettext_lazy("collision", "Rules"),
        "leads:collision_rules",
        "leads.edit_collision_rules",
        90,
    )
)
collision_tabs.register(
    CollisionTab("requests", _("Requests to share"), "leads:share_requests", "leads.view_case", 80)
)
collision_tabs.register(
    CollisionTab(
        "merges",
        _("Merges"),
        "leads:merges",
        "leads.merge_lead",
        50,
        others=("leads.merge_customer",),
    )
)
