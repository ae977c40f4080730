from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "api",
        _("API and tokens"),
        "plug",
        "integrations:tokens",
        permission="integrations.manage_tokens",
        section="admin",
        order=65,
    )
)
navigation.register_personal(
    Entry(
        "own-tokens",
        _("My access tokens"),
        "key",
        "integrations:own_tokens",
        permission="integrations.create_token",
    )
)
