"""One dialog to share any record, alone or ticked in its list; and to take a share back."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access import policy
from crm.sharing.errors import Refused
from crm.sharing.forms import ShareForm
from crm.sharing.nouns import Noun
from crm.sharing.record import holders_of
from crm.sharing.selectors.shares import Share, code_of, may_share, receiver_of, shares_of
from crm.sharing.services import shares as services
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted


def share_one(request: TenantRequest, pk: int, *, noun: Noun) -> HttpResponse:
    """Share a record, see with whom it is shared, change a share."""
    record = to_share_or_404(request, noun, pk)
    held = shares_of(record)
    form = ShareForm(request.POST or None, noun=noun, initial=_prefilled(request, held))
    url = reverse(noun.record_url, args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            found = services.share(noun=noun, ids=[pk], by=request.member, **form.terms)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return htmx.done(
                request,
                url=url,
                message=_words(found, form),
                trigger=noun.event,
                undo=_undo(noun, pk, form, held),
            )
    context = {
        "form": form,
        "title": _("Share %(record)s") % {"record": record},
        "submit": _("Share"),
        "holders": holders_of(request.member, noun, record, held=held),
    }
    return htmx.form_page(request, "sharing/share.html", context)


def share_many(request: TenantRequest, *, noun: Noun) -> HttpResponse:
    """Share the ticked records."""
    rows = policy.visible(request.member, noun.rows, noun.permission("view"))
    ids = list(noun.table(request, rows).picked.order_by("pk").values_list("pk", flat=True))
    sent = "go" in request.POST
    form = ShareForm(request.POST if sent else None, noun=noun)
    if sent and form.is_valid():
        try:
            found = services.share(noun=noun, ids=ids, by=request.member, **form.terms)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return htmx.done(
                request,
                url=reverse(noun.list_url),
                message=_words(found, form),
                trigger=noun.event,
            )
    words = ngettext("Share %(count)s record", "Share %(count)s records", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Share")}
    return htmx.form_page(request, "sharing/share.html", context)


def take_back(request: TenantRequest, pk: int, code: str, *, noun: Noun) -> HttpResponse:
    """End a share before its time."""
    record = to_share_or_404(request, noun, pk)
    receiver = receiver_of(code)
    if receiver is None:
        raise Http404
    services.take_back(noun=noun, ids=[record.pk], receiver=receiver)
    return acted(
        request,
        url=reverse(noun.record_url, args=[pk]),
        message=_("No longer shared with %(name)s.") % {"name": receiver.name},
        trigger=noun.event,
    )


def to_share_or_404(request: TenantRequest, noun: Noun, pk: int) -> Any:
    """The record, for those who may share it."""
    record = policy.get_or_404(request.member, noun.rows, noun.permission("view"), pk)
    if not may_share(request.member, noun, record):
        raise Http404
    return record


def _prefilled(request: TenantRequest, held: list[Share]) -> dict[str, Any]:
    """An existing share as the form's values, when it is to be changed."""
    wanted = request.GET.get("receiver", "")
    one = next((share for share in held if share.code == wanted), None)
    if one is None:
        return {}
    kind = "departments" if one.is_department else "members"
    return {
        kind: [one.receiver.pk],
        "action": one.action,
        "until": one.last_day,
        "reason": one.reason,
    }


def _words(found: services.Shared, form: ShareForm) -> str:
    """With whom, and what came along."""
    names = " · ".join(one.name for one in form.receivers[:3])
    if found.count == 1 and not found.along:
        return _("Shared with %(name)s.") % {"name": names}
    number = found.count + sum(found.along.values())
    words = ngettext(
        "%(count)s record shared with %(name)s.", "%(count)s records shared with %(name)s.", number
    )
    return words % {"count": number, "name": names}


def _undo(noun: Noun, pk: int, form: ShareForm, held: list[Share]) -> str:
    """A new share with one receiver can be taken back at once."""
    known = {one.receiver for one in held}
    if len(form.receivers) != 1 or form.receivers[0] in known or form.terms["includes_along"]:
        return ""
    return reverse(noun.page("take_back"), args=[pk, code_of(form.receivers[0])])
