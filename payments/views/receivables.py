from functools import partial

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from crm.access.decorators import needs
from crm.people.models import Member
from crm.tenancy.clock import organization_today
from crm.tenancy.http import TenantRequest
from crm.web.components import Tile
from payments.selectors import figures
from payments.selectors.receivables import visible_allocations, visible_instalments
from payments.selectors.status import for_list
from payments.tables.receivables import AllocationTable, ReceivableTable


@needs("payments.view_plan")
@require_GET
def receivable_list(request: TenantRequest) -> HttpResponseBase:
    """Instalments with their derived state, the oldest due first."""
    rows = for_list(visible_instalments(request.member), organization_today())
    table = ReceivableTable(request, rows)
    return table.respond(
        "payments/receivables.html",
        {"tiles": partial(tiles_for, request.member)},
        title=_("Receivables"),
    )


@needs("payments.view_plan")
@require_GET
def allocation_list(request: TenantRequest) -> HttpResponseBase:
    """Money that came and was matched."""
    return AllocationTable(request, visible_allocations(request.member)).respond(
        title=_("Money received")
    )


def tiles_for(member: Member) -> list[Tile]:
    """Open, overdue, due soon, received: each opens its rows."""
    shown = (
        (_("Still open"), figures.open_receivables(member), ""),
        (_("Overdue"), figures.overdue_receivables(member), "red"),
        (_("Due within 7 days"), figures.due_soon_receivables(member), ""),
        (_("Received this month"), figures.collected_this_month(member), ""),
    )
    return [
        Tile.money(
            label,
            figure.value,
            figure.url,
            currency=figure.currency,
            tone=tone if figure.count else "",
            note=rows_note(figure.count),
        )
        for label, figure, tone in shown
    ]


def rows_note(count: int) -> str:
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
