from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.web import navigation
from crm.web.navigation import Create, Entry
from payments.selectors.lines import open_lines

MOST_COUNTED = 1_000


def waiting_lines(member: Member) -> int:
    """Bank lines that nobody has explained yet."""
    return open_lines().order_by()[:MOST_COUNTED].count()


navigation.register(
    Entry(
        "payments",
        _("Receivables"),
        "cash",
        "payments:receivables",
        permission="payments.view_plan",
        section="money",
        order=10,
    ),
    Entry(
        "bank",
        _("Reconciliation"),
        "building-bank",
        "payments:reconcile",
        permission="payments.view_statement",
        section="money",
        order=20,
        count=waiting_lines,
        on_phone=True,
    ),
)
navigation.register_create(
    Create(
        "statement",
        _("Bank statement"),
        "upload",
        "payments:upload_statement",
        permission="payments.import_statement",
        order=60,
    )
)
