from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantForeignKey, TenantModel


class OperationLog(TenantModel):
    """What somebody did, in the words of the business: append-only."""

    action = models.CharField(_("action"), max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    member = TenantForeignKey(
        "people.Member", models.SET_NULL, null=True, related_name="+", verbose_name=_("member")
    )
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        indexes = [
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "-id"],
                name="operation_subject_idx",
            ),
            models.Index(fields=["organization", "-id"], name="operation_latest_idx"),
        ]

    def __str__(self) -> str:
        return self.action
