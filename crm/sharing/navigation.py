from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "transfers",
        _("Transfers"),
        "arrows-left-right",
        "sharing:transfers",
        permission="sharing.view_transfer",
        section="work",
        order=80,
    ),
    Entry(
        "hand-overs",
        _("Hand-overs"),
        "user-share",
        "sharing:hand_overs",
        permission="sharing.hand_over",
        section="admin",
        order=40,
    ),
)
