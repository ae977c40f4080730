from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from leads.views.refusing import refusal_words
from orders.editor import ORDER, QUOTE, Kind, Sheet, open_sheet, read_sheet, save_sheet
from orders.errors import OrderError, OrderNotEditable, QuoteNotEditable
from orders.models import PricedDocument
from orders.selectors.products import narrow_products, on_sale
from orders.services.conflicts import conflict_of
from orders.views.documents import collision
from orders.views.orders import order_or_404
from orders.views.quotes import quote_or_404

MOST_HITS = 12


@needs("orders.edit_order")
def edit_order(request: TenantRequest, order_id: int) -> HttpResponse:
    """Write in an order: every change is priced and saved by the server as it is made."""
    order = order_or_404(request, order_id, "orders.edit_order")
    return _edit(request, ORDER, order, OrderNotEditable())


@needs("orders.edit_quote")
def edit_quote(request: TenantRequest, quote_id: int) -> HttpResponse:
    """Write in a quote, as in an order."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    return _edit(request, QUOTE, quote, QuoteNotEditable())


def _edit(
    request: TenantRequest, kind: Kind, document: PricedDocument, refusal: OrderError
) -> HttpResponse:
    if not document.is_editable:
        return htmx.done(request, url=_page_of(kind, document), message=str(refusal))
    if request.method != "POST":
        return _page(request, open_sheet(kind, document, request.member))
    operation = request.GET.get("op") or request.POST.get("op", "save")
    sheet = read_sheet(kind, document, request.member, request.POST, operation)
    is_saved = save_sheet(sheet)
    if operation in ("save", "submit") and is_saved:
        return _finish(request, sheet, operation)
    return _page(request, sheet, operation)


def _finish(request: TenantRequest, sheet: Sheet, operation: str) -> HttpResponse:
    """Leave the editor, and hand it on if that was the button."""
    kind, message = sheet.kind, sheet.kind.saved
    if operation == "submit":
        try:
            kind.hand_on(sheet.document.pk, request.member)
        except Refused as reason:
            sheet.message = refusal_words(reason)
            return _page(request, sheet, operation)
        message = kind.handed_on
    url = _page_of(kind, sheet.document)
    return htmx.done(request, url=url, message=str(message), trigger=kind.event)


def _page(request: TenantRequest, sheet: Sheet, operation: str = "") -> HttpResponse:
    """The whole page; for htmx its lines, or after typing only the figures."""
    context: dict[str, Any] = {
        "sheet": sheet,
        "document": sheet.document,
        "conflict": _conflict(sheet),
    }
    part = ""
    if htmx.is_partial(request):
        part = "#figures" if operation == "autosave" else "#sheet"
    else:
        context |= _hits(request, sheet.edit_url)
        context |= collision(request.member, sheet.document.customer_id)
    status = 422 if operation in ("save", "submit") else 200
    saved = "tz:form-saved" if operation and sheet.state == "saved" else ""
    return htmx.fragment(request, f"orders/edit.html{part}", context, status=status, trigger=saved)


def _conflict(sheet: Sheet) -> Any:
    """Both versions, when somebody else saved meanwhile."""
    if not sheet.is_stale:
        return None
    pk, save = sheet.document.pk, sheet.kind.save
    return conflict_of(sheet.document, lambda version: save(pk, version, sheet.typed))


@needs("orders.edit_order")
def product_hits(request: TenantRequest, order_id: int) -> HttpResponse:
    """Products to put on an order, as one types."""
    order = order_or_404(request, order_id, "orders.edit_order")
    edit_url = reverse(ORDER.edit, args=[order.pk])
    return render(request, "orders/edit.html#hits", _hits(request, edit_url))


@needs("orders.edit_quote")
def quote_product_hits(request: TenantRequest, quote_id: int) -> HttpResponse:
    """Products to put on a quote, as one types."""
    quote = quote_or_404(request, quote_id, "orders.edit_quote")
    edit_url = reverse(QUOTE.edit, args=[quote.pk])
    return render(request, "orders/edit.html#hits", _hits(request, edit_url))


def _hits(request: TenantRequest, edit_url: str) -> dict[str, Any]:
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()
    found = narrow_products(on_sale(), text) if text else on_sale()
    hits = list(found[: MOST_HITS + 1])
    return {
        "hits": hits[:MOST_HITS],
        "has_more_hits": len(hits) > MOST_HITS,
        "text": text,
        "edit_url": edit_url,
    }


def _page_of(kind: Kind, document: PricedDocument) -> str:
    return reverse(kind.detail, args=[document.pk])
