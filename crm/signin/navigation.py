from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "signin",
        _("Sign-in and security"),
        "shield-lock",
        "signin:settings",
        permission="signin.edit_policy",
        section="admin",
        order=60,
    ),
)
