from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.encryption.fields import EncryptedTextField
from crm.integrations.enums import TokenState
from crm.tenancy.models import TenantForeignKey, TenantModel


class AccessToken(TenantModel):
    """By which a program acts as a member; the secret itself is not kept."""

    member = TenantForeignKey(
        "people.Member", models.CASCADE, related_name="+", verbose_name=_("member")
    )
    name = models.CharField(_("name"), max_length=60)
    hint = models.CharField(_("begins with"), max_length=12, editable=False)
    secret_digest = models.CharField(max_length=64, editable=False)
    # permission names it is narrowed to; none means everything the member may
    permissions = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("permissions")
    )
    may_write = models.BooleanField(_("may write"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = TenantForeignKey(
        "people.Member", models.CASCADE, null=True, editable=False, related_name="+"
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "secret_digest"], name="access_token_secret_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="access_token_has_a_life"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "-id"], name="access_token_member_idx"),
            models.Index(fields=["organization", "-id"], name="access_token_latest_idx"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """How logs and histories name it: its name and how its secret begins."""
        return f"{self.name} ({self.hint}…)"

    @property
    def hold(self) -> str:
        """Why it does not work although valid: a Hold, as selectors.with_hold read it, or ""."""
        return str(self.__dict__.get("held_by", ""))

    @property
    def state(self) -> TokenState:
        return state_at(self.revoked_at, self.expires_at, self.hold)


def state_at(revoked_at: datetime | None, expires_at: datetime, hold: str) -> TokenState:
    """Revoked or expired is for good; what is held back may work again."""
    if revoked_at is not None:
        return TokenState.REVOKED
    if expires_at <= timezone.now():
        return TokenState.EXPIRED
    return TokenState.ON_HOLD if hold else TokenState.VALID


class ApiSwitch(TenantModel):
    """Whether programs may come in at all; one row, made when somebody first turns it."""

    is_off = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization"], name="one_api_switch")]

    def __str__(self) -> str:
        return "off" if self.is_off else "on"


class StoredAnswer(TenantModel):
    """What a request with an idempotency key was answered, for a day: asked again, told again."""

    token = TenantForeignKey(AccessToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # of method, address and content: another request under the same key is refused
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = EncryptedTextField(default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "token", "key"], name="stored_answer_once_per_key"
            )
        ]
        indexes = [models.Index(fields=["organization", "at"], name="stored_answer_age_idx")]

    def __str__(self) -> str:
        return self.key
