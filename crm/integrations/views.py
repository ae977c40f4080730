"""Access tokens on the screen: one's own, and everybody's for administrators."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.access.registry import permissions
from crm.integrations import services
from crm.integrations.enums import Hold, TokenState
from crm.integrations.forms import TokenForm
from crm.integrations.models import AccessToken
from crm.integrations.problems import problem_lines
from crm.integrations.selectors import (
    CREATE,
    MANAGE,
    all_tokens,
    is_api_off,
    own_tokens,
    token_or_404,
)
from crm.integrations.showing import keep_secret, take_secret
from crm.integrations.tables import OwnTokenTable, TokenTable, access_words, state_badge
from crm.refusals import Refused
from crm.signin import proving
from crm.tenancy.http import TenantRequest
from crm.tenancy.links import public
from crm.web import htmx, markup
from crm.web.answers import acted, refused
from crm.web.components import Action, Fact

EVENT = "token-changed"
LIST = "integrations/tokens.html"


@needs(CREATE)
def own_token_list(request: TenantRequest) -> HttpResponseBase:
    """The programs that act in my name."""
    new = reverse("integrations:create_token")
    actions = [documentation(), Action(_("New token"), new, "plus", kind="primary", shortcut="n")]
    if policy.allowed(request.member, MANAGE):
        actions.insert(0, Action(_("Everybody's tokens"), reverse("integrations:tokens"), "users"))
    table = OwnTokenTable(request, own_tokens(request.member))
    return table.respond(LIST, standing(), title=_("My access tokens"), actions=actions)


def standing() -> dict[str, Any]:
    """Whether the API is shut, for the notice above the lists."""
    return {"hold": Hold.API_OFF.label if is_api_off() else ""}


def documentation() -> Action:
    """To what the API offers."""
    return Action(_("Documentation"), reverse("integrations:docs"), "book")


@needs(CREATE, MANAGE)
def docs(request: TenantRequest) -> HttpResponse:
    """What the API offers, from the API itself."""
    from crm.integrations import describing  # noqa: PLC0415 - the API is imported when asked for

    schema = reverse("integrations:openapi")
    context = {
        "parts": describing.parts(request.organization),
        "base": public(f"{request.organization.address}api/v1"),
        "limit": settings.API_REQUESTS_PER_MINUTE,
        "problems": problem_lines(),
        "actions": [Action(_("OpenAPI"), schema, "download")],
    }
    return render(request, "integrations/docs.html", context)


@needs(CREATE, MANAGE)
def openapi(request: TenantRequest) -> JsonResponse:
    """The same for programs that read descriptions."""
    from crm.integrations import describing  # noqa: PLC0415 - the same

    dumps = {"ensure_ascii": False, "indent": 1}
    return JsonResponse(describing.description(request.organization), json_dumps_params=dumps)


@needs(MANAGE)
def token_list(request: TenantRequest) -> HttpResponseBase:
    """Every program that acts for somebody here."""
    actions = [documentation()]
    if policy.allowed(request.member, CREATE):
        own = reverse("integrations:own_tokens")
        actions.append(Action(_("My access tokens"), own, "key"))
    actions.append(switch())
    table = TokenTable(request, all_tokens())
    return table.respond(LIST, standing(), title=_("Access tokens"), actions=actions)


def switch() -> Action:
    """Shut every program out at once, or let them in again."""
    if is_api_off():
        url = reverse("integrations:switch_on")
        return Action(_("Switch the API on"), url, "plug", method="post")
    confirm = _("No program gets in until the API is switched on again. Switch it off?")
    url = reverse("integrations:switch_off")
    label = _("Switch the API off")
    return Action(label, url, "plug-connected-x", method="post", confirm=confirm)


@require_POST
@needs(MANAGE)
def switch_off(request: TenantRequest) -> HttpResponse:
    """Shut every program out."""
    services.switch_api(is_off=True)
    url = reverse("integrations:tokens")
    return htmx.done(request, url=url, message=_("The API is switched off."))


@require_POST
@needs(MANAGE)
def switch_on(request: TenantRequest) -> HttpResponse:
    """Let the programs in again."""
    services.switch_api(is_off=False)
    url = reverse("integrations:tokens")
    return htmx.done(request, url=url, message=_("The API is switched on."))


@sensitive_post_parameters("password")
@needs(CREATE)
def create_token(request: TenantRequest) -> HttpResponse:
    """Make a token, once more shown to be oneself: it works without any second factor."""
    is_proved = proving.has_proved(request, request.organization)
    has_password = request.user.has_usable_password()
    form = TokenForm(request.POST or None, member=request.member, asks_password=not is_proved)
    may_ask = is_proved or has_password
    if request.method == "POST" and may_ask and form.is_valid() and proving.proves(request, form):
        try:
            token, secret = services.create_token(by=request.member, **form.facts)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            keep_secret(request, token, secret)
            url = reverse("integrations:token", args=[token.pk])
            return htmx.done(request, url=url, trigger=EVENT, leaves=True)
    context = {
        "form": form,
        "title": _("New token"),
        "submit": _("Make the token"),
        "cancel_url": reverse("integrations:own_tokens"),
        "may_ask": may_ask,
        "is_proved": is_proved,
        "ways": proving.ways(request.member, request.organization, target=request.path),
    }
    return htmx.form_page(request, "integrations/create_token.html", context)


@needs(CREATE, MANAGE)
def token_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One token; its secret only on the first look after it was made."""
    token = token_or_404(request.member, pk)
    context = {
        "token": token,
        "secret": take_secret(request, token),
        "refresh_on": [EVENT],
        "badge": state_badge(token.state),
        "hold": Hold(token.hold).label if token.state == TokenState.ON_HOLD else "",
        "facts": facts_of(token),
        "actions": actions_of(token),
    }
    return render(request, "integrations/token.html", context)


def facts_of(token: AccessToken) -> list[Fact]:
    """Whose it is, what it may, how long."""
    labels = {one.name: str(one.label) for one in permissions()}
    named = [labels.get(one, one) for one in token.permissions]
    facts = [
        Fact(_("Acts as"), markup.person(token.member.name, token.member_id)),
        Fact(_("Begins with"), f"{token.hint}…"),
        Fact(_("It may"), access_words(may_write=token.may_write)),
        Fact(_("Permissions"), _(", ").join(named) or _("All its owner has")),
        Fact(_("Created"), markup.moment(token.created_at)),
        Fact(pgettext("token", "Expires"), markup.moment(token.expires_at)),
        Fact(pgettext("token", "Last used"), _used(token)),
    ]
    if token.revoked_at:
        facts.append(Fact(pgettext("token", "Revoked"), markup.moment(token.revoked_at)))
    return facts


def _used(token: AccessToken) -> str:
    return markup.moment(token.last_used_at) if token.last_used_at else pgettext("token", "Never")


def actions_of(token: AccessToken) -> list[Action]:
    """What can be done with it now."""
    if token.state not in {TokenState.VALID, TokenState.ON_HOLD}:
        return []
    url = reverse("integrations:revoke_token", args=[token.pk])
    sure = _("The program that uses “%(name)s” is shut out at once, for good. Revoke it?")
    confirm = sure % {"name": token.name}
    return [Action(_("Revoke"), url, "circle-x", kind="danger", method="post", confirm=confirm)]


@require_POST
@needs(CREATE, MANAGE)
def revoke_token(request: TenantRequest, pk: int) -> HttpResponse:
    """End a token for good."""
    token = token_or_404(request.member, pk)
    url = reverse("integrations:token", args=[pk])
    try:
        services.revoke_token(token_id=token.pk, by=request.member)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Token revoked."), trigger=EVENT)
