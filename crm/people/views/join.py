"""The page behind an invitation's link: outside all organisations, for whoever has the link."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import login
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from crm.people.forms.invitations import JoinForm
from crm.people.models import Invitation, InvitationState, Member, User
from crm.people.services import invitations as services
from crm.refusals import Refused
from crm.signin.validators import LongEnough
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization

BACKEND = "django.contrib.auth.backends.ModelBackend"
MOST_PER_MINUTE = 30
REASON = "invitation accepted"


@dataclass(frozen=True)
class Door:
    """An invitation as its link's holder sees it; `why_not` says why it stays shut."""

    organization: Organization
    secret: str
    email: str
    name: str
    inviter: str
    why_not: str = ""


@csrf_protect
@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join: a new person sets name and password, another signs in and says yes."""
    if too_many(request):
        return render(request, "people/join_closed.html", {"why": "busy"}, status=429)
    door = door_of(token)
    if door is None:
        return render(request, "people/join_closed.html", {"why": "unknown"}, status=404)
    if door.why_not:
        context = {"why": door.why_not, "organization": door.organization}
        return render(request, "people/join_closed.html", context, status=410)
    if request.user.is_authenticated:
        return join_as_oneself(request, door)
    if User.objects.filter(email=door.email).exists():
        back = global_url("invitation", token)
        url = f"{global_url('account_login')}?{urlencode({'next': back})}"
        return render(request, "people/join.html", {"door": door, "sign_in_url": url})
    return join_as_new(request, door)


def too_many(request: HttpRequest) -> bool:
    """Whether one address tries more links than anybody has."""
    address = get_adapter().get_client_ip(request)
    key = f"invitation-tries:{address}"
    cache.add(key, 0, timeout=60)
    try:
        return bool(cache.incr(key) > MOST_PER_MINUTE)
    except ValueError:  # it ran out between the two
        return False


def door_of(token: str) -> Door | None:
    """The invitation that a link means; None for a link that nobody was sent."""
    parts = services.read_token(token)
    organization = Organization.objects.filter(pk=parts[0]).first() if parts else None
    if parts is None or organization is None:
        return None
    with tenant_context(organization.pk):
        rows = Invitation.objects.select_related("invited_by")
        found = rows.filter(token_hash=services.hash_of(parts[1])).first()
    if found is None:
        return None
    inviter = found.invited_by.name if found.invited_by else organization.name
    why_not = closed_because(found, organization)
    return Door(organization, parts[1], found.email, found.name, inviter, why_not)


def closed_because(found: Invitation, organization: Organization) -> str:
    """Why the link opens nothing: "" while it does."""
    if found.state != InvitationState.OPEN:
        return str(found.state)
    if found.expires_at <= timezone.now():
        return "expired"
    return "" if organization.is_open else "suspended"


def join_as_oneself(request: HttpRequest, door: Door) -> HttpResponse:
    """Whoever is signed in joins with a button, if the invitation is theirs."""
    user: Any = request.user
    context: dict[str, Any] = {"door": door, "user": user, "is_mine": user.email == door.email}
    if request.method != "POST" or not context["is_mine"]:
        return render(request, "people/join.html", context)
    try:
        accept(door, user=user)
    except Refused as reason:
        context["error"] = str(reason)
        return render(request, "people/join.html", context, status=409)
    return HttpResponseRedirect(door.organization.address)


def join_as_new(request: HttpRequest, door: Door) -> HttpResponse:
    """A new person chooses a name and a password."""
    form = JoinForm(request.POST or None, initial={"name": door.name})
    with tenant_context(door.organization.pk, reason=REASON):
        form.fields["password"].help_text = LongEnough().get_help_text()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with tenant_context(door.organization.pk, reason=REASON):
                get_adapter().clean_password(
                    data["password"], user=User(email=door.email, name=data["name"])
                )
            member = accept(door, name=data["name"], password=data["password"])
        except ValidationError as error:
            form.add_error("password", error)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            login(request, member.user, backend=BACKEND)
            return HttpResponseRedirect(door.organization.address)
    status = 422 if form.is_bound else 200
    return render(request, "people/join.html", {"door": door, "form": form}, status=status)


def accept(door: Door, **how: Any) -> Member:
    """Join the organisation of the invitation."""
    with tenant_context(door.organization.pk, reason=REASON):
        return services.accept(secret=door.secret, **how)
