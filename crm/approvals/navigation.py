from django.utils.translation import gettext_lazy as _

from crm.approvals.selectors import waiting_count
from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry(
        "approvals",
        _("Approvals"),
        "clipboard-check",
        "approvals:waiting",
        permission="approvals.view_run",
        section="work",
        order=65,
        count=waiting_count,
        on_phone=False,
    )
)
