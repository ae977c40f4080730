from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "log",
        _("Operation log"),
        "history",
        "audit:log",
        permission="audit.view_log",
        section="admin",
        order=60,
    )
)
