from typing import ClassVar

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.enums import Verb
from crm.tenancy.models import TenantForeignKey, TenantModel


class CurrentTransaction(Func):
    """The number of the transaction that writes; numbers only grow."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class OperationLog(TenantModel):
    """What somebody did, in the words of the business: append-only."""

    action = models.CharField(_("action"), max_length=60)
    verb = models.CharField(
        pgettext_lazy("log", "kind"),
        max_length=10,
        choices=Verb,
        default=Verb.OTHER,
        db_default=Verb.OTHER,
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    member = TenantForeignKey(
        "people.Member", models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    # which rows are surely all there is decided by it; see crm.audit.chain
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        indexes = [
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "-id"],
                name="operation_subject_idx",
            ),
            models.Index(fields=["organization", "at", "id"], name="operation_latest_idx"),
            models.Index(
                fields=["organization", "member", "at", "id"], name="operation_member_idx"
            ),
            models.Index(fields=["organization", "verb", "at", "id"], name="operation_verb_idx"),
            models.Index(fields=["organization", "transaction", "id"], name="operation_seal_idx"),
        ]

    def __str__(self) -> str:
        return self.action


class Seal(TenantModel):
    """The place of a line in its organisation's chain: altering anything before it shows.

    `entry_id` is no foreign key: a removed line must leave its seal behind.
    """

    sequence = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()

    append_only: ClassVar[bool] = True

    class Meta(TenantModel.Meta):
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="seal_sequence_once"),
            models.UniqueConstraint(fields=["organization", "entry_id"], name="seal_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.entry_id}"
