from django.utils.translation import pgettext_lazy

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "organization",
        pgettext_lazy("settings", "Organisation"),
        "building-community",
        "organizations:settings",
        permission="organizations.edit_settings",
        section="admin",
        order=10,
    )
)
