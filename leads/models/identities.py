from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import RecordKind


class IdentityKey(TenantModel):
    """A blocking key of a record: equality on bigint is leakproof and stays an index lookup."""

    key = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    record_kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key", "record_kind", "record_id"], name="identity_key_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "record_kind", "record_id"], name="identity_key_record_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.record_kind} {self.record_id}"


class CollisionNotice(TenantModel):
    """A record entered although a similar one was shown: by whom, against which, and why."""

    member = TenantForeignKey(Member, models.PROTECT, related_name="+")
    record_kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField()
    other_kind = models.CharField(max_length=10, choices=RecordKind)
    other_id = models.BigIntegerField()
    score = models.DecimalField(max_digits=4, decimal_places=3)
    reasons = models.JSONField(default=list)
    explanation = models.CharField(_("why continue"), max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("collision notice")
        verbose_name_plural = _("collision notices")
        indexes = [
            models.Index(
                fields=["organization", "record_kind", "record_id"], name="collision_record_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id} ~ {self.other_kind} {self.other_id}"
