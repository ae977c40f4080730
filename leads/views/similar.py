"""Who is already here: asked while a client's name or number is typed."""

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from leads.forms.bases import LOOK_UP_FIELDS
from leads.identity import Identity
from leads.numbers import split_numbers
from leads.selectors.similar import asked_record, own_pair
from leads.services.lookups import TooManyLookups, look_up
from leads.services.share_requests import OpensNothing, ask_to_share


@require_POST
@needs("leads.create_lead")
def similar(request: TenantRequest) -> HttpResponse:
    """Cards of similar clients; others' clients redacted, and not too often."""
    try:
        cards = look_up(
            typed_identity(request),
            by=request.member,
            excluding=own_pair(request.member, request.POST.get("record", "")),
        )
    except TooManyLookups as refusal:
        context = {"too_many": True, "is_for_today": refusal.is_for_today}
        return render(request, "leads/_similar.html", context)
    return render(request, "leads/_similar.html", {"cards": cards, "typed": typed_at_all(request)})


def typed_at_all(request: HttpRequest) -> bool:
    """Whether anything was typed; how much of it can be looked up is not told."""
    return any(request.POST.get(name, "").strip() for name in LOOK_UP_FIELDS)


def typed_identity(request: HttpRequest) -> Identity:
    """What has been typed so far."""

    def given(name: str) -> str:
        return request.POST.get(name, "").strip()[:200]

    def one(name: str) -> tuple[str, ...]:
        return (given(name),) if given(name) else ()

    return Identity(
        company=given("company_name") or given("name"),
        phones=(*one("phone"), *split_numbers(given("other_phones"))),
        emails=one("email"),
        credit_code=given("credit_code"),
        wechat=given("wechat"),
        website=given("website"),
    )


@require_POST
@needs(ANY_MEMBER)
def ask(request: TenantRequest) -> HttpResponse:
    """Ask the owner behind a redacted card to share; only for a card one was shown."""
    try:
        kind, pk, typed = asked_record(request.POST.get("token", ""), by=request.member)
        asked = ask_to_share(kind=kind, record_id=pk, by=request.member, typed=typed)
    except (signing.BadSignature, ValueError, ObjectDoesNotExist) as error:
        raise Http404 from error
    except OpensNothing as refusal:
        return htmx.toast(HttpResponse(status=422), str(refusal), tone="error")
    except TooManyLookups:
        words = _("You have looked up too much for now: ask again later.")
        return htmx.toast(HttpResponse(status=422), words, tone="error")
    answer = render(request, "leads/_asked.html", {"asked": asked})
    return htmx.toast(answer, _("The owner has been asked."))
