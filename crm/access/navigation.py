from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "roles",
        _("Roles"),
        "shield-check",
        "access:roles",
        permission="people.edit_role",
        section="admin",
        order=30,
    )
)
