from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from orders.editor import Sheet, open_sheet, read_sheet, save_sheet
from orders.errors import OrderNotEditable
from orders.models import Order
from orders.selectors.products import narrow_products, on_sale
from orders.services import approval
from orders.services.conflicts import conflict_of
from orders.views.orders import order_or_404

MOST_HITS = 12


@needs("orders.edit_order")
def edit_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Write in an order: every change is priced and saved by the server as it is made."""
    order = order_or_404(request, order_id, "orders.edit_order")
    if not order.is_editable:
        return htmx.done(request, url=_detail(order), message=str(OrderNotEditable()))
    if request.method != "POST":
        return _page(request, open_sheet(order, request.member))
    operation = request.GET.get("op") or request.POST.get("op", "save")
    sheet = read_sheet(order, request.member, request.POST, operation)
    is_saved = save_sheet(sheet)
    if operation in ("save", "submit") and is_saved:
        return _finish(request, sheet, operation)
    return _page(request, sheet, operation)


def _finish(request: TenantRequest, sheet: Sheet, operation: str) -> HttpResponse:
    """Leave the editor, and ask for approval if that was the button."""
    message = _("Order saved.")
    if operation == "submit":
        try:
            approval.submit_order(order_id=sheet.order.pk, by=request.member)
        except Refused as reason:
            sheet.message = str(reason)
            return _page(request, sheet, operation)
        message = _("Submitted for approval.")
    return htmx.done(request, url=_detail(sheet.order), message=message, trigger="order-changed")


def _page(request: TenantRequest, sheet: Sheet, operation: str = "") -> HttpResponse:
    """The whole page; for htmx its lines, or after typing only the figures."""
    context: dict[str, Any] = {
        "sheet": sheet,
        "order": sheet.order,
        "conflict": _conflict(sheet),
    }
    part = ""
    if htmx.is_partial(request):
        part = "#figures" if operation == "autosave" else "#sheet"
    else:
        context |= _hits(request, sheet.order)
    status = 422 if operation in ("save", "submit") else 200
    saved = "tz:form-saved" if operation and sheet.state == "saved" else ""
    return htmx.fragment(request, f"orders/edit.html{part}", context, status=status, trigger=saved)


def _conflict(sheet: Sheet) -> Any:
    """Both versions, when somebody else saved meanwhile."""
    if not sheet.is_stale:
        return None
    lines = [row.form.draft for row in sheet.rows]
    return conflict_of(order_id=sheet.order.pk, terms=sheet.terms.terms, lines=lines)


@needs("orders.edit_order")
def product_hits(request: TenantRequest, order_id: int) -> HttpResponse:
    """Products to put on an order, as one types."""
    order = order_or_404(request, order_id, "orders.edit_order")
    return render(request, "orders/edit.html#hits", _hits(request, order))


def _hits(request: TenantRequest, order: Order) -> dict[str, Any]:
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()
    found = narrow_products(on_sale(), text) if text else on_sale()
    hits = list(found[: MOST_HITS + 1])
    return {
        "hits": hits[:MOST_HITS],
        "has_more_hits": len(hits) > MOST_HITS,
        "text": text,
        "edit_url": reverse("orders:edit", args=[order.pk]),
    }


def _detail(order: Order) -> str:
    return reverse("orders:detail", args=[order.pk])
