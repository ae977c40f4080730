from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import AliasKind, AliasSource, IdentityVerdict, RecordKind
from leads.models.customers import Customer


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


class IdentityIndex(TenantModel):
    """Which version of the keys an organisation's records are filed under: one row.

    A newer one is brought in batch by batch; the cursor says how far that has come.
    """

    version = models.PositiveSmallIntegerField(default=0)
    target = models.PositiveSmallIntegerField(default=0)
    cursor_kind = models.CharField(max_length=10, blank=True)
    cursor_id = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)  # keys written and removed on the way
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization"], name="identity_index_once")]

    def __str__(self) -> str:
        return f"index of {self.organization_id}, version {self.version}"


@tracked
class IdentityJudgement(TenantModel):
    """People said whether two records are one client; nobody is asked about them again.

    The left one is the smaller pair of kind and id. `names_key` stands for the two names, in any
    order: who types one of them again is not asked about the other. Null where both have one name.
    """

    left_kind = models.CharField(max_length=10, choices=RecordKind)
    left_id = models.BigIntegerField()
    right_kind = models.CharField(max_length=10, choices=RecordKind)
    right_id = models.BigIntegerField()
    left_name = models.CharField(max_length=200)
    right_name = models.CharField(max_length=200)
    names_key = models.BigIntegerField(null=True, editable=False)
    verdict = models.CharField(_("verdict"), max_length=10, choices=IdentityVerdict)
    member = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    case_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("identity judgement")
        verbose_name_plural = _("identity judgements")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "left_kind", "left_id", "right_kind", "right_id"],
                name="identity_judged_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "right_kind", "right_id"], name="identity_judged_right_idx"
            ),
            models.Index(fields=["organization", "names_key"], name="identity_judged_names_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.left_name} / {self.right_name}: {self.verdict}"


@tracked
class CompanyAlias(TenantModel):
    """Another name of a customer, learned: it is found, and found to be the same, by this too."""

    customer = TenantForeignKey(
        Customer, models.CASCADE, related_name="aliases", verbose_name=_("customer")
    )
    text = models.CharField(_("alias"), max_length=200)
    key = models.BigIntegerField(editable=False)
    source = models.CharField(_("source"), max_length=10, choices=AliasSource)
    # what kind of name it is, where somebody said so
    kind = models.CharField(_("kind of name"), max_length=8, choices=AliasKind, blank=True)
    # the case whose decision taught it
    case_id = models.BigIntegerField(null=True, editable=False)
    by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("company alias")
        verbose_name_plural = _("company aliases")
        indexes = [
            models.Index(fields=["organization", "customer"], name="company_alias_customer_idx"),
            models.Index(fields=["organization", "key"], name="company_alias_key_idx"),
        ]

    def __str__(self) -> str:
        return self.text
