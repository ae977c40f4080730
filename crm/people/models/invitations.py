from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.people.models.departments import Department
from crm.people.models.members import Member
from crm.tenancy.models import TenantForeignKey, TenantModel

VALID_FOR = timedelta(days=7)


class InvitationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("invitation", "Open")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
    REVOKED = "revoked", pgettext_lazy("invitation", "Revoked")


class Invitation(TenantModel):
    """A person was asked by mail to join; the link's secret is kept as a hash only.

    Nothing here says whether the address already belongs to a user of the platform.
    """

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=80)
    department = TenantForeignKey(
        Department, models.SET_NULL, null=True, related_name="+", verbose_name=_("department")
    )
    title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    role_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("roles"))
    superior_email = models.EmailField(_("superior"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=InvitationState, default=InvitationState.OPEN
    )
    # What the secret is made of, together with the server's key; a new one for each mail.
    nonce = models.CharField(max_length=40, default="")
    token_hash = models.CharField(max_length=64, default="")
    invited_by = TenantForeignKey(
        Member, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    sent_at = models.DateTimeField(_("mail sent"), null=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    member = TenantForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    secret_fields: ClassVar[tuple[str, ...]] = ("nonce", "token_hash")

    class Meta(TenantModel.Meta):
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(state="open"),
                name="invitation_open_once_per_address",
            ),
            models.UniqueConstraint(
                fields=["organization", "token_hash"], name="invitation_token_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "asked_at", "id"], name="invitation_asked_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def is_usable(self, at: datetime) -> bool:
        """Whether the link still opens the door."""
        return self.state == InvitationState.OPEN and at < self.expires_at
