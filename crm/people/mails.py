"""Mails about people's places in organisations."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.people.middleware import zone_of
from crm.people.models import Invitation, InvitationState
from crm.people.services.invitations import token_of
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization


def send_invitation(organization_id: int, invitation_id: int) -> bool:
    """Mail the link of an open invitation, once; no transaction is held meanwhile."""
    with tenant_context(organization_id):
        rows = Invitation.objects.select_related("invited_by")
        invitation = rows.filter(pk=invitation_id, state=InvitationState.OPEN, sent_at=None).first()
        organization = Organization.objects.get(pk=organization_id)
    if invitation is None:
        return False
    invitation_mail(invitation, organization).send()
    with tenant_context(organization_id, reason="invitation sent"):
        sent = Invitation.objects.filter(pk=invitation.pk, token_hash=invitation.token_hash)
        sent.update(sent_at=timezone.now())
    return True


def invitation_mail(invitation: Invitation, organization: Organization) -> EmailMultiAlternatives:
    """The mail in the organisation's language."""
    with translation.override(organization.language):
        inviter = invitation.invited_by.name if invitation.invited_by else organization.name
        words = {"inviter": inviter, "organization": organization.name}
        subject = _("%(inviter)s invites you to %(organization)s") % words
        context = {
            **words,
            "name": invitation.name,
            "url": settings.PUBLIC_URL + global_url("invitation", token_of(invitation)),
            "until": timezone.localtime(invitation.expires_at, zone_of(organization.time_zone)),
        }
        text = render_to_string("people/mail/invitation.txt", context)
        html = render_to_string("people/mail/invitation.html", context)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[invitation.email])
    mail.attach_alternative(html, "text/html")
    return mail
