"""The reconciliation page: two panes, one answer to everything — the panes as they are now."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.selectors import own_currency
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import formats, htmx
from crm.web.asked import record_id
from crm.web.components import Action
from payments.enums import Band, ExceptionKind, LineState
from payments.forms.bank import AsideForm, read_shares
from payments.models import StatementLine
from payments.selectors import reconciliation as selectors
from payments.selectors.reconciliation import Query
from payments.services import bulk_posting, dispositions, posting

PAGE = "payments/reconcile.html"
MODES = ("view", "split", "aside")


def query_from(address: QueryDict) -> Query:
    """What the address asks for; nonsense asks for the open lines."""
    state, band = address.get("state", ""), address.get("band", "")
    known = {*Band.values, selectors.UNDECIDED}
    return Query(
        state=state if state in LineState.values else LineState.OPEN,
        band=band if band in known else "",
        text=address.get("q", "").strip()[:60],
        after=address.get("after", ""),
    )


@needs("payments.view_statement")
@require_GET
def reconcile(request: TenantRequest) -> HttpResponse:
    """Bank lines on the left, what they pay on the right."""
    query = query_from(request.GET)
    asked = record_id(request.GET.get("line") or request.GET.get("beside", ""))
    line = find_line(request, asked) if asked is not None else None
    if htmx.target_of(request) == "reconcile-lines":
        return htmx.fragment(request, f"{PAGE}#lines", panes(request, query, line))
    return show(request, query, line)


def find_line(request: TenantRequest, pk: int) -> StatementLine:
    rows = StatementLine.objects.select_related("account")
    return policy.get_or_404(request.member, rows, "payments.view_statement", pk)


def show(
    request: TenantRequest,
    query: Query,
    line: StatementLine | None,
    *,
    error: str = "",
    form: AsideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Both panes as they are now: the page, or its workspace alone."""
    context = panes(request, query, line, error=error, form=form)
    return htmx.fragment(request, f"{PAGE}#workspace", context, status=status)


def panes(
    request: TenantRequest,
    query: Query,
    line: StatementLine | None,
    *,
    error: str = "",
    form: AsideForm | None = None,
) -> dict[str, Any]:
    """What the template needs."""
    lines, cursor = selectors.page_of(query)
    shown = line or (lines[0] if lines else None)
    is_chosen = line is not None and ("line" in request.GET or "beside" not in request.GET)
    before, after = selectors.neighbours(query, shown) if shown else (None, None)
    may_post = policy.allowed(request.member, "payments.post")
    asked = request.GET.get("mode", "")
    mode = asked if asked in MODES and request.method == "GET" else "view"
    context = {
        "query": query,
        "lines": lines,
        "view": selectors.line_view(shown) if shown else None,
        "is_chosen": is_chosen,
        "error": error,
        "totals": selectors.totals(own_currency()),
        "tabs": tabs_for(query),
        "bands": bands_for(query),
        "here": page_url(query, line=shown.pk if shown else ""),
        # The page as it is, asked for by itself: a line that nobody chose stays beside the list,
        # else a phone, which shows one of the two, would leave the list unasked.
        "again": page_url(query, **{"line" if is_chosen else "beside": shown.pk if shown else ""}),
        "list_url": page_url(query),
        "more_url": page_url(query, after=cursor) if cursor else "",
        "previous_url": page_url(query, line=before.pk) if before else "",
        "next_url": page_url(query, line=after.pk) if after else "",
        "mode": mode,
        "may_post": may_post,
        "actions": header_actions(request),
        "line_url": line_address(query),
        "query_string": urlencode(query.address()),
    }
    return context | hand_work(request, mode, shown, form)


def hand_work(
    request: TenantRequest, mode: str, line: StatementLine | None, form: AsideForm | None
) -> dict[str, Any]:
    """What matching by hand or setting aside needs."""
    if line is None:
        return {}
    proposal = line.proposals.first()
    if form is not None or mode == "aside":
        suggested = proposal.exception_kind if proposal else ""
        initial = {"kind": suggested or ExceptionKind.UNKNOWN_PAYER}
        return {"aside_form": form or AsideForm(initial=initial), "mode": "aside"}
    if mode == "split":
        text = request.GET.get("find", "").strip()[:80]
        likely = {
            pk for way in (proposal.candidates if proposal else []) for pk, _ in way["shares"]
        }
        likely |= {share.instalment_id for share in proposal.shares.all()} if proposal else set()
        choice = selectors.instalments_to_choose(line, text, likely)
        return {"choice": choice, "find": text}
    return {}


def page_url(query: Query, **changes: object) -> str:
    """The page with some parts of the question changed."""
    parameters = urlencode(query.address(**changes))
    return f"{reverse('payments:reconcile')}?{parameters}" if parameters else reverse(
        "payments:reconcile"
    )  # fmt: skip


def line_address(query: Query) -> str:
    """The page's address up to the id of a line."""
    address = page_url(query)
    return f"{address}{'&' if '?' in address else '?'}line="


def tabs_for(query: Query) -> list[tuple[str, str, bool]]:
    """The four states: words, address, whether shown."""
    return [
        (str(state.label), page_url(Query(state=state)), query.state == state)
        for state in LineState
    ]


def bands_for(query: Query) -> list[tuple[str, str, bool]]:
    """How sure the proposals are, as a choice above the open lines."""
    if query.state != LineState.OPEN:
        return []
    choices = [("", _("All")), *((band.value, str(band.label)) for band in Band)]
    return [
        (words, page_url(query, band=value, after=""), query.band == value)
        for value, words in choices
    ]


def header_actions(request: TenantRequest) -> list[Action]:
    found = [
        Action(_("Statements"), reverse("payments:statements"), "file-spreadsheet"),
        Action(_("Accounts"), reverse("payments:accounts"), "building-bank"),
    ]
    if policy.allowed(request.member, "payments.import_statement"):
        url = reverse("payments:upload_statement")
        found.append(
            Action(
                _("Upload statement"), url, "upload", kind="primary", frame="drawer", shortcut="n"
            )
        )
    return found


# What is done with a line


def answer(
    request: TenantRequest,
    query: Query,
    line: StatementLine | None,
    message: str,
    *,
    undo: str = "",
) -> HttpResponse:
    """Done: say so, with undo, and show the panes with the next line."""
    if not htmx.is_partial(request):
        messages.success(request, message, extra_tags=f"undo:{undo}" if undo else "")
        return HttpResponseRedirect(page_url(query, line=line.pk if line else ""))
    if htmx.target_of(request) != "reconcile":
        response = HttpResponse(status=204)
        return htmx.announce(htmx.toast(response, message), "bank-lines-changed")
    response = show(request, query, line)
    response.headers["HX-Push-Url"] = page_url(query, line=line.pk if line else "")
    return htmx.toast(response, message, undo=undo)


def refuse(
    request: TenantRequest, query: Query, line: StatementLine, reason: Refused
) -> HttpResponse:
    """A rule said no: the panes as they are now, with the reason on top."""
    fresh = find_line(request, line.pk)
    if htmx.is_partial(request) and htmx.target_of(request) != "reconcile":
        return htmx.toast(HttpResponse(status=204), str(reason), tone="error")
    return show(request, query, fresh, error=str(reason), status=422)


@require_POST
@needs("payments.post")
def accept_line(request: TenantRequest, pk: int) -> HttpResponse:
    """Post a line as proposed."""
    line, query = find_line(request, pk), query_from(request.GET)
    following = selectors.next_after(query, line)
    try:
        posting.accept_proposal(line_id=line.pk, by=request.member)
    except Refused as reason:
        return refuse(request, query, line, reason)
    return answer(request, query, following, posted_words(line), undo=undo_url(line))


@require_POST
@needs("payments.post")
def post_line(request: TenantRequest, pk: int) -> HttpResponse:
    """Post a line to the instalments chosen by hand."""
    line, query = find_line(request, pk), query_from(request.GET)
    following = selectors.next_after(query, line)
    try:
        shares = read_shares(request.POST)
        if shares is None:
            raise Refused(_("One of the amounts cannot be read."))
        posting.post_line(line_id=line.pk, shares=shares, by=request.member)
    except Refused as reason:
        return refuse(request, query, line, reason)
    is_rest = sum(shares.values()) < line.amount - line.matched_amount
    following = find_line(request, pk) if is_rest else following
    return answer(request, query, following, posted_words(line), undo=undo_url(line))


@require_POST
@needs("payments.post")
def undo_line(request: TenantRequest, pk: int) -> HttpResponse:
    """Take back what was posted from a line."""
    line, query = find_line(request, pk), query_from(request.GET)
    try:
        posting.undo_line(line_id=line.pk, by=request.member)
    except Refused as reason:
        return refuse(request, query, line, reason)
    fresh = find_line(request, pk)
    return answer(request, Query(), fresh, _("Undone: the line is open again."))


@require_POST
@needs("payments.post")
def set_aside(request: TenantRequest, pk: int) -> HttpResponse:
    """Explain a line that cannot be posted."""
    line, query = find_line(request, pk), query_from(request.GET)
    following = selectors.next_after(query, line)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return show(request, query, line, form=form, status=422)
    try:
        dispositions.set_aside(
            line_id=line.pk,
            kind=ExceptionKind(form.cleaned_data["kind"]),
            note=form.cleaned_data["note"],
            by=request.member,
        )
    except Refused as reason:
        return refuse(request, query, line, reason)
    undo = reverse("payments:take_back_line", args=[line.pk])
    return answer(request, query, following, _("Set aside as an exception."), undo=undo)


@require_POST
@needs("payments.post")
def take_back(request: TenantRequest, pk: int) -> HttpResponse:
    """Put an exception back into the queue."""
    line, query = find_line(request, pk), query_from(request.GET)
    try:
        dispositions.take_back(line_id=line.pk, by=request.member)
    except Refused as reason:
        return refuse(request, query, line, reason)
    return answer(request, Query(), line, _("Back in the queue."))


@require_POST
@needs("payments.post")
def accept_sure(request: TenantRequest) -> HttpResponse:
    """Post every line whose proposal is sure."""
    query = query_from(request.GET)
    done, left = bulk_posting.accept_sure_lines(
        line_ids=selectors.sure_line_ids(), by=request.member
    )
    message = ngettext("%(count)s line posted.", "%(count)s lines posted.", done) % {"count": done}
    if left:
        message += " " + ngettext(
            "%(count)s no longer fits and stays.", "%(count)s no longer fit and stay.", left
        ) % {"count": left}
    return answer(request, query, None, message)


def posted_words(line: StatementLine) -> str:
    return _("%(amount)s posted.") % {"amount": formats.money(line.amount, line.currency)}


def undo_url(line: StatementLine) -> str:
    return reverse("payments:undo_line", args=[line.pk])


@needs("payments.view_statement")
@require_GET
def line_page(request: TenantRequest, pk: int) -> HttpResponse:
    """One line, wherever it is now: the reconciliation page in the line's own state."""
    line = find_line(request, pk)
    state = selectors.line_view(line).state
    return HttpResponseRedirect(page_url(Query(state=state), line=line.pk))
