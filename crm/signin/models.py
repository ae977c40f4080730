from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked, tracked_except
from crm.encryption.fields import EncryptedTextField
from crm.signin.enums import CheckState, ConnectionKind, Joining, SecondFactor
from crm.tenancy.models import TenantForeignKey, TenantModel

SHORTEST, USUAL, LONGEST = 8, 10, 64
LONGEST_GRACE_DAYS = 60


@tracked
class SignInPolicy(TenantModel):
    """How the members of an organisation have to sign in; one row, made when first changed."""

    password_minimum = models.PositiveSmallIntegerField(
        _("shortest password"),
        default=USUAL,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
    )
    second_factor = models.CharField(
        _("second factor"), max_length=10, choices=SecondFactor, default=SecondFactor.NONE
    )
    role_codes = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("roles")
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days to set it up"), default=7, validators=[MaxValueValidator(LONGEST_GRACE_DAYS)]
    )
    required_since = models.DateTimeField(null=True, editable=False)
    sso_only = models.BooleanField(_("only through the organisation's own sign-in"), default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("sign-in policy")
        verbose_name_plural = _("sign-in policies")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], name="sign_in_policy_once_per_organization"
            ),
            models.CheckConstraint(
                condition=models.Q(password_minimum__gte=SHORTEST, password_minimum__lte=LONGEST),
                name="sign_in_policy_password_minimum_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(second_factor__in=SecondFactor.values),
                name="sign_in_policy_second_factor_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.second_factor}"

    def asks(self, member: Any) -> SecondFactor:
        """What this member's roles ask for."""
        if member.role_codes.isdisjoint(self.role_codes):
            return SecondFactor.NONE
        return SecondFactor(self.second_factor)

    def due_at(self, member: Any) -> datetime:
        """Until when the member may go on without."""
        begins: datetime = max(self.required_since or member.joined_at, member.joined_at)
        return begins + timedelta(days=self.grace_days)


@tracked_except("client_secret", "check_state", "check_problem", "checked_at")
class SsoConnection(TenantModel):
    """An identity provider that signs members of this organisation in, and of no other."""

    kind = models.CharField(_("kind"), max_length=10, choices=ConnectionKind)
    name = models.CharField(_("name on the button"), max_length=40)
    issuer = models.CharField(_("issuer"), max_length=300, blank=True)
    client_id = models.CharField(_("client ID"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"))
    corp_id = models.CharField(_("corp ID"), max_length=80, blank=True)
    agent_id = models.CharField(_("agent ID"), max_length=40, blank=True)
    domains = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, verbose_name=_("domains")
    )
    joining = models.CharField(
        _("people who are no members yet"),
        max_length=10,
        choices=Joining,
        default=Joining.EXISTING,
    )
    default_role = TenantForeignKey(
        "people.Role",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role of new members"),
    )
    default_department = TenantForeignKey(
        "people.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department of new members"),
    )
    is_active = models.BooleanField(_("offered for signing in"), default=False)
    check_state = models.CharField(max_length=10, choices=CheckState, default=CheckState.UNKNOWN)
    check_problem = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="sso_connection_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ConnectionKind.values),
                name="sso_connection_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(joining=Joining.CREATE)
                | models.Q(default_role__isnull=False, default_department__isnull=False),
                name="sso_connection_new_members_have_role_and_department",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SealedSecret(models.Model):
    """A secret of somebody's second factor, a column of its own so that keys can be rotated.

    Belongs to a person, not to an organisation: allauth's rows hold its number in the secret's
    place (see crm.signin.adapters.MFAAdapter).
    """

    text = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)


class SsoIdentity(TenantModel):
    """A member as one identity provider knows them: found by the provider's own name alone."""

    connection = TenantForeignKey(SsoConnection, models.CASCADE, related_name="identities")
    member = TenantForeignKey("people.Member", models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    email = models.EmailField(blank=True)
    linked_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "subject"], name="sso_identity_subject_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "connection", "member"], name="sso_identity_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.subject}"
