"""How an organisation's members sign in, and help for those who cannot."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.people.models import Member
from crm.signin import selectors, services
from crm.signin.enums import ConnectionKind, SecondFactor
from crm.signin.forms import PolicyForm
from crm.signin.models import SignInPolicy, SsoConnection
from crm.signin.tables import MemberTable
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action, Fact


@needs("signin.edit_policy")
def settings(request: TenantRequest) -> HttpResponse:
    """The rules and the identity providers at a glance."""
    policy = SignInPolicy.objects.first() or SignInPolicy()
    actions = [
        Action(_("Members' sign-in"), reverse("signin:members"), "users"),
        Action(
            _("Change the rules"),
            reverse("signin:edit_policy"),
            "pencil",
            kind="primary",
            frame="drawer",
        ),
    ]
    context = {
        "actions": actions,
        "facts": facts_of(policy),
        "connections": SsoConnection.objects.order_by("name", "id"),
        "add_actions": [
            Action(
                _("Connect %(name)s") % {"name": kind.label},
                reverse("signin:add_connection", args=[kind.value]),
                "plus",
                frame="drawer",
            )
            for kind in ConnectionKind
        ],
    }
    return render(request, "signin/settings.html", context)


def facts_of(policy: SignInPolicy) -> list[Fact]:
    """The rules in words."""
    names = dict(services.role_choices())
    asked, minimum = str(SecondFactor(policy.second_factor).label), policy.password_minimum
    facts = [
        Fact(_("Passwords"), _("at least %(count)d characters") % {"count": minimum}),
        Fact(_("Second factor"), asked),
    ]
    if policy.second_factor != SecondFactor.NONE:
        roles = _(", ").join(names.get(code, code) for code in policy.role_codes)
        days = ngettext("%(count)d day", "%(count)d days", policy.grace_days)
        facts += [
            Fact(_("Asked of"), roles),
            Fact(_("Time to set it up"), days % {"count": policy.grace_days}),
        ]
    way = _("Only through the identity provider") if policy.sso_only else _("Password or provider")
    return [*facts, Fact(_("Way in"), way)]


@needs("signin.edit_policy")
def edit_policy(request: TenantRequest) -> HttpResponse:
    """Change the rules."""
    policy = SignInPolicy.objects.first() or SignInPolicy()
    has_provider = SsoConnection.objects.filter(is_active=True).exists()
    form = PolicyForm(request.POST or None, instance=policy, has_provider=has_provider)
    if request.method == "POST" and form.is_valid():
        services.change_policy(**form.cleaned_data)
        return htmx.done(
            request,
            url=reverse("signin:settings"),
            message=_("Saved."),
            trigger="sign-in-changed",
        )
    context = {"form": form, "title": _("How members sign in"), "submit": _("Save")}
    return htmx.form_page(request, "web/form.html", context)


@needs("signin.help_member")
def members(request: TenantRequest) -> HttpResponseBase:
    """Who has set up what."""
    actions = [Action(_("Rules and providers"), reverse("signin:settings"), "shield-lock")]
    table = MemberTable(request, selectors.members_with_factors())
    return table.respond(title=_("Members' sign-in"), actions=actions)


@needs("signin.help_member")
def member(request: TenantRequest, member_id: int) -> HttpResponse:
    """One member's way in, and what can be done for them."""
    found = person(member_id)
    standing = selectors.standing_of(found)
    context: dict[str, Any] = {
        "person": found,
        "standing": standing,
        "actions": helps(found, standing),
    }
    return render(request, "signin/member.html", context)


def helps(found: Member, standing: selectors.Standing) -> list[Action]:
    """What an administrator may do for the member now."""
    actions = []
    if standing.locked_until:
        actions.append(
            Action(
                _("Unlock"), reverse("signin:unlock", args=[found.pk]), "lock-open", method="post"
            )
        )
    if standing.sessions:
        actions.append(
            Action(
                _("Sign out everywhere"),
                reverse("signin:end_sessions", args=[found.pk]),
                "logout",
                method="post",
                confirm=_("All of this member's sessions end at once. Continue?"),
            )
        )
    if standing.has_factor:
        actions.append(
            Action(
                _("Remove the second factor"),
                reverse("signin:remove_second_factor", args=[found.pk]),
                "trash",
                kind="danger",
                method="post",
                confirm=_(
                    "Only when you are sure who is asking: afterwards the password alone opens"
                    " the account. Continue?"
                ),
            )
        )
    return actions


@needs("signin.help_member")
@require_POST
def end_sessions(request: TenantRequest, member_id: int) -> HttpResponse:
    """Sign the member out everywhere."""
    ended = services.end_member_sessions(member=person(member_id))
    text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", ended)
    return helped(request, member_id, text % {"count": ended})


@needs("signin.help_member")
@require_POST
def unlock(request: TenantRequest, member_id: int) -> HttpResponse:
    """Let the member try again at once."""
    services.unlock_member(member=person(member_id))
    return helped(request, member_id, _("Unlocked."))


@needs("signin.help_member")
@require_POST
def remove_second_factor(request: TenantRequest, member_id: int) -> HttpResponse:
    """Take away a lost second factor."""
    found = person(member_id)
    try:
        services.remove_second_factor(member=found)
    except services.NotYours as reason:
        return htmx.toast(HttpResponse(status=422), reason, tone="error")
    return helped(request, member_id, _("Second factor removed."))


def person(member_id: int) -> Member:
    """The member with the account behind."""
    return get_object_or_404(Member.objects.select_related("user"), pk=member_id)


def helped(request: TenantRequest, member_id: int, message: str) -> HttpResponse:
    """Back to the member, with the news."""
    address = reverse("signin:member", args=[member_id])
    return htmx.done(request, url=address, message=message, trigger="sign-in-changed")
