"""Invitations as administrators see them: asking, asking again, taking back."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.directory import invitations_listed
from crm.people.forms.invitations import InviteForm
from crm.people.models import Invitation, InvitationState, Role
from crm.people.services import invitations as services
from crm.people.tables import InvitationTable
from crm.people.words import INVITATION_COLOURS, role_name
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.answers import acted, refused
from crm.web.components import Action, Fact
from crm.web.formats import listed

EVENT = "invitation-changed"
PERMISSION = "people.invite_member"


@needs(PERMISSION)
def invitation_list(request: TenantRequest) -> HttpResponseBase:
    """Who was asked to join, and what became of it."""
    actions = [
        Action(_("Members"), reverse("people:members"), "users"),
        Action(_("Import"), reverse("people:import"), "upload"),
        Action(
            _("Invite"),
            reverse("people:invite"),
            "user-plus",
            kind="primary",
            frame="drawer",
            shortcut="n",
        ),
    ]
    table = InvitationTable(request, invitations_listed())
    return table.respond(title=_("Invitations"), actions=actions)


@needs(PERMISSION)
def invite(request: TenantRequest) -> HttpResponse:
    """Ask one person to join."""
    may_give = policy.allowed(request.member, "people.assign_role")
    form = InviteForm(
        request.POST or None,
        may_give_roles=may_give,
        initial={"roles": [role.pk for role in services.default_roles()]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(invited=form.invited, by=request.member)
        except Refused as reason:
            form.add_error("email", str(reason))
        else:
            words = _("%(email)s gets a mail with a link, valid for seven days.")
            return htmx.done(
                request,
                url=reverse("people:invitations"),
                message=words % {"email": form.cleaned_data["email"]},
                trigger=EVENT,
            )
    context = {"form": form, "title": _("Invite"), "submit": _("Send invitation")}
    return htmx.form_page(request, "web/form.html", context)


@needs(PERMISSION)
def invitation_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One invitation and what can be done with it."""
    rows = Invitation.objects.select_related("department", "invited_by", "member")
    invitation = get_object_or_404(rows, pk=pk)
    context = {
        "invitation": invitation,
        "refresh_on": [EVENT],
        "badge": state_badge(invitation),
        "facts": facts_of(invitation),
        "actions": actions_of(invitation),
    }
    return render(request, "people/invitation.html", context)


def state_badge(invitation: Invitation) -> str:
    """The state as a badge."""
    state = InvitationState(invitation.state)
    return markup.badge(state.label, INVITATION_COLOURS[state.value])


def facts_of(invitation: Invitation) -> list[Fact]:
    """What was asked."""
    roles = Role.objects.filter(pk__in=invitation.role_ids).order_by("pk")
    inviter, member = invitation.invited_by, invitation.member
    joined = None
    if member is not None:
        joined = markup.link(member.name, reverse("people:member", args=[member.pk]), drawer=True)
    return [
        Fact(_("E-mail"), invitation.email, copy=invitation.email),
        Fact(_("Department"), invitation.department),
        Fact(_("Job title"), invitation.title),
        Fact(_("Roles"), listed(role_name(one.code, one.name) for one in roles)),
        Fact(_("Superior"), invitation.superior_email),
        Fact(_("Invited by"), markup.person(inviter.name, inviter.pk) if inviter else None),
        Fact(_("Asked"), markup.moment(invitation.asked_at)),
        Fact(_("Mail sent"), markup.moment(invitation.sent_at)),
        Fact(_("Valid until"), markup.moment(invitation.expires_at)),
        Fact(_("Accepted"), markup.moment(invitation.accepted_at)),
        Fact(_("Member"), joined),
    ]


def actions_of(invitation: Invitation) -> list[Action]:
    """While it is open: again, or never mind."""
    if invitation.state != InvitationState.OPEN:
        return []
    args = [invitation.pk]
    is_over = invitation.expires_at <= timezone.now()
    return [
        Action(
            _("Send again"),
            reverse("people:resend_invitation", args=args),
            "mail-forward",
            kind="primary" if is_over else "plain",
            method="post",
        ),
        Action(
            _("Take back"),
            reverse("people:revoke_invitation", args=args),
            "x",
            method="post",
            confirm=_("Take this invitation back? Its link will open nothing any more."),
        ),
    ]


@require_POST
@needs(PERMISSION)
def resend_invitation(request: TenantRequest, pk: int) -> HttpResponse:
    """A new link; the old one ends."""
    get_object_or_404(Invitation.objects.all(), pk=pk)
    url = reverse("people:invitations")
    try:
        services.resend(invitation_id=pk)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("The mail is on its way."), trigger=EVENT)


@require_POST
@needs(PERMISSION)
def revoke_invitation(request: TenantRequest, pk: int) -> HttpResponse:
    """The link opens nothing any more."""
    get_object_or_404(Invitation.objects.all(), pk=pk)
    url = reverse("people:invitations")
    try:
        services.revoke(invitation_id=pk)
    except Refused as reason:
        return refused(request, url=url, message=str(reason))
    return acted(request, url=url, message=_("Invitation taken back."), trigger=EVENT)
