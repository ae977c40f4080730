from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "organization",
        _("Organisation settings"),
        "building-community",
        "organizations:settings",
        permission="organizations.edit_settings",
        section="admin",
        order=10,
    )
)
