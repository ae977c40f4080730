"""Transfers: asked for from a record or a list; the list of them, one of them, the rule."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.access import policy
from crm.access.decorators import needs
from crm.audit import services as audit
from crm.sharing.enums import TransferState
from crm.sharing.errors import Refused
from crm.sharing.forms import RuleForm, TransferForm
from crm.sharing.models import Transfer
from crm.sharing.nouns import Noun
from crm.sharing.selectors import transfers as selectors
from crm.sharing.services import transfers as services
from crm.sharing.tables import TransferTable
from crm.sharing.views.answers import back_to
from crm.sharing.views.transfer_page import approver_hint, transfer_page
from crm.tenancy.http import TenantRequest
from crm.web import formats, htmx
from crm.web.answers import acted, refused
from crm.web.components import Action


def transfer_one(request: TenantRequest, pk: int, *, noun: Noun) -> HttpResponse:
    """Give one record to another member."""
    record = policy.get_or_404(request.member, noun.rows, noun.permission("transfer"), pk)
    title = _("Transfer %(record)s") % {"record": record}
    form, context = _form(request, noun, [pk], title, sent=request.method == "POST")
    if _asks_only(request):
        return _commission(request, form)
    done = _request(request, noun, form)
    if done is None:
        context["commission"] = form.preview.commission(form.cutoff)
        return htmx.form_page(request, "sharing/transfer.html", context)
    url = back_to(request, noun, record)
    if url == reverse(noun.list_url) and htmx.is_partial(request):
        messages.success(request, _words(done))
        return htmx.announce(HttpResponseClientRedirect(url), "tz:form-saved")
    return htmx.done(request, url=url, message=_words(done), trigger=noun.event)


def transfer_many(request: TenantRequest, *, noun: Noun) -> HttpResponse:
    """Give the ticked records to another member."""
    rows = policy.visible(request.member, noun.rows, noun.permission("view"))
    ticked = noun.table(request, rows).picked
    own = policy.visible(request.member, ticked, noun.permission("transfer"))
    ids = list(own.order_by("pk").values_list("pk", flat=True))
    words = ngettext("Transfer %(count)s record", "Transfer %(count)s records", len(ids))
    title = words % {"count": len(ids)}
    form, context = _form(request, noun, ids, title, sent="go" in request.POST)
    if _asks_only(request):
        return _commission(request, form)
    context["stay_count"] = ticked.count() - len(ids)
    done = _request(request, noun, form)
    if done is None:
        context["commission"] = form.preview.commission(form.cutoff)
        return htmx.form_page(request, "sharing/transfer.html", context)
    undoable = len(done) == 1 and services.may_undo(request.member, done[0])
    return htmx.done(
        request,
        url=reverse(noun.list_url),
        message=_words(done),
        trigger=noun.event,
        undo=reverse("sharing:undo", args=[done[0].pk]) if undoable else "",
    )


def _asks_only(request: TenantRequest) -> bool:
    """A date was typed: what it means is shown, nothing is asked for."""
    return htmx.target_of(request) == "transfer-commission"


def _commission(request: TenantRequest, form: TransferForm) -> HttpResponse:
    form.is_valid()
    context = {"commission": form.preview.commission(form.cutoff)}
    return htmx.fragment(request, "sharing/transfer.html#commission", context)


def _form(
    request: TenantRequest, noun: Noun, ids: Sequence[int], title: str, *, sent: bool
) -> tuple[TransferForm, dict[str, object]]:
    found = selectors.preview(of=noun, ids=ids, by=request.member)
    form = TransferForm(request.POST if sent else None, preview=found)
    context = {
        "form": form,
        "preview": found,
        "title": title,
        "submit": _("Transfer"),
        "hint": approver_hint(found, request.member),
    }
    return form, context


def _request(request: TenantRequest, noun: Noun, form: TransferForm) -> list[Transfer] | None:
    """Ask for the transfer; None when the form has to be shown (again)."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return services.request_transfer(
            of=noun,
            ids=form.preview.ids,
            wish=services.Wish(**form.wish),
            by=request.member,
            seen=form.cleaned_data["seen"],
        )
    except Refused as reason:
        form.add_error(None, str(reason))
        form.show_owners_now()
        return None


def _words(done: Sequence[Transfer]) -> str:
    """What became of it."""
    states = {one.state for one in done}
    if TransferState.WAITING in states:
        return _("Asked for approval; nothing moves before.")
    if TransferState.SCHEDULED in states and done[0].effective_date:
        day = formats.Formats.current().day(done[0].effective_date)
        return _("Scheduled for %(day)s.") % {"day": day}
    number = sum(one.count for one in done)
    words = ngettext(
        "%(count)s record now belongs to %(name)s.",
        "%(count)s records now belong to %(name)s.",
        number,
    )
    return words % {"count": number, "name": done[0].receiver.name}


@needs("sharing.view_transfer")
def transfer_list(request: TenantRequest) -> HttpResponseBase:
    """Transfers within reach, and those that concern the member."""
    actions = []
    if policy.allowed(request.member, "sharing.edit_rule"):
        url = reverse("sharing:rule")
        actions.append(Action(_("Approval rule"), url, "shield-check", frame="modal"))
    table = TransferTable(request, selectors.visible_transfers(request.member))
    return table.respond(title=_("Transfers"), actions=actions)


@needs("sharing.view_transfer")
def transfer_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One transfer: who, what, when, and what became of each record."""
    transfer = _transfer_or_404(request, pk)
    return render(request, "sharing/transfer_detail.html", transfer_page(request.member, transfer))


def _transfer_or_404(request: TenantRequest, pk: int) -> Transfer:
    rows = selectors.visible_transfers(request.member)
    found: Transfer = get_object_or_404(
        rows.select_related("giver", "receiver", "requested_by", "undone_by"), pk=pk
    )
    return found


@require_POST
@needs("sharing.view_transfer")
def withdraw(request: TenantRequest, pk: int) -> HttpResponse:
    """Take a transfer back before anything moved."""
    transfer = _transfer_or_404(request, pk)
    url = reverse("sharing:transfer", args=[pk])
    try:
        services.withdraw_transfer(transfer_id=transfer.pk, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Taken back."), trigger="transfer-changed")


@require_POST
@needs("sharing.view_transfer")
def undo(request: TenantRequest, pk: int) -> HttpResponse:
    """Give back what has not moved on since."""
    transfer = _transfer_or_404(request, pk)
    url = reverse("sharing:transfer", args=[pk])
    try:
        services.undo_transfer(transfer_id=transfer.pk, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Undone."), trigger="transfer-changed")


@needs("sharing.edit_rule")
def rule(request: TenantRequest) -> HttpResponse:
    """When a transfer needs the agreement of the present owner's superior."""
    form = RuleForm(request.POST or None, instance=selectors.rule())
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        audit.record("transfer_rule.changed", target=saved)
        return htmx.done(request, url=reverse("sharing:transfers"), message=_("Saved."))
    context = {
        "form": form,
        "title": _("When does a transfer need approval?"),
        "submit": _("Save"),
        "hint": _(
            "The superior of the present owner is asked. Who stands above the owner may "
            "transfer without asking."
        ),
    }
    return htmx.form_page(request, "web/form.html", context)
