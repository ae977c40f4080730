from datetime import datetime, time, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from crm.access.registry import ANY_MEMBER
from crm.integrations.problems import Problem, too_many
from crm.integrations.rest import Token, gettext_lazy
from crm.tenancy.links import public
from leads.api.shapes import Ask, Asking, Cards, Typed
from leads.api.telling import cards_out
from leads.identity import Identity
from leads.selectors.similar import VIEW, asked_record, own_pair
from leads.services.lookups import MINUTE, TooManyLookups, look_up
from leads.services.share_requests import OpensNothing, ask_to_share

router = Router()


@router.post(
    "/check",
    response=Cards,
    auth=Token("leads.create_lead"),
    summary=gettext_lazy("Look up whether a client is known"),
)
def check_identity(request: Any, typed: Typed) -> dict[str, Any]:
    """Who is already here: the look-up of the form while one types, counted and logged like it."""
    member = request.member
    try:
        cards = look_up(
            identity_of(typed), by=member, excluding=own_pair(member, typed.leaving_out)
        )
    except TooManyLookups as refusal:
        raise spent(refusal) from None
    return {"cards": cards_out(cards)}


def identity_of(typed: Typed) -> Identity:
    """What was sent, as the engine reads it."""

    def one(value: str) -> tuple[str, ...]:
        return (value.strip(),) if value.strip() else ()

    return Identity(
        company=typed.company_name.strip(),
        phones=one(typed.phone),
        emails=one(typed.email),
        credit_code=typed.credit_code.strip(),
        wechat=typed.wechat.strip(),
        website=typed.website.strip(),
    )


def spent(refusal: TooManyLookups) -> Problem:
    """The member's look-ups are used up, by form and program together."""
    if not refusal.is_for_today:
        text = _("Too many look-ups in a minute. Entering still checks.")
        return too_many("too-many-lookups", text, seconds=MINUTE)
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time()))
    left = int((midnight - timezone.now()).total_seconds()) + 1
    text = _("Today's look-ups are used up. Entering still checks; an administrator can raise it.")
    return too_many("too-many-lookups", text, seconds=left)


@router.post(
    "/ask",
    response={201: Asking},
    auth=Token(ANY_MEMBER, writes=True),
    summary=gettext_lazy("Ask the owner behind a card to share"),
)
def ask_owner(request: Any, asked: Ask) -> Status[dict[str, Any]]:
    """Ask whoever has the client behind a card to share it."""
    try:
        kind, pk, typed = asked_record(asked.ask, by=request.member)
        found = ask_to_share(kind=kind, record_id=pk, by=request.member, typed=typed)
    except (signing.BadSignature, ValueError, ObjectDoesNotExist) as error:
        raise Http404 from error
    except OpensNothing as refusal:
        raise Problem(403, "not-allowed", str(refusal), permission=VIEW[kind]) from None
    except TooManyLookups as refusal:
        raise spent(refusal) from None
    url = public(reverse("leads:share_request", args=[found.pk]))
    return Status(201, {"id": found.pk, "state": found.state, "url": url})
