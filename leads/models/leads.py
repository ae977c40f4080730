from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.places import Province
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads import numbers
from leads.enums import Channel, Industry, LeadStatus, TouchOutcome
from leads.models.bases import MergeableModel, NextStepModel, OwnedModel


@tracked
class Lead(MergeableModel, OwnedModel, NextStepModel):
    """Somebody who may buy, before it is known to be true."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    company_name = models.CharField(_("company"), max_length=200)
    # reading order and exact comparison, kept by leads.services
    sort_key = models.CharField(max_length=200, editable=False, default="")
    name_key = models.CharField(max_length=200, editable=False, default="")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    contact_title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=32, editable=False, default="", blank=True)
    other_phones = models.CharField(
        _("other phones"), max_length=numbers.ROOM, blank=True, default="", db_default=""
    )
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=64, blank=True)
    province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry, blank=True)
    channel = models.CharField(_("source"), max_length=12, choices=Channel, default=Channel.MANUAL)
    campaign = models.CharField(_("campaign or event"), max_length=120, blank=True)
    need = models.TextField(_("need"), blank=True)
    status = FSMField(
        _("status"), max_length=12, choices=LeadStatus, default=LeadStatus.NEW, protected=True
    )
    invalid_reason = models.CharField(_("why invalid"), max_length=200, blank=True)
    assigned_at = models.DateTimeField(_("assigned"), null=True, editable=False)
    first_response_at = models.DateTimeField(_("first response"), null=True, editable=False)
    unassigned_reason = models.CharField(max_length=60, blank=True, editable=False)
    converted_at = models.DateTimeField(_("converted"), null=True, editable=False)
    customer = TenantForeignKey(
        "leads.Customer", models.PROTECT, null=True, editable=False, related_name="leads"
    )
    import_batch = TenantForeignKey(
        "leads.ImportBatch", models.SET_NULL, null=True, editable=False, related_name="leads"
    )

    class Meta(MergeableModel.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        default_permissions = ("view", "edit")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="lead_number_unique"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="lead_latest_idx"),
            models.Index(
                fields=["organization", "owner", "status", "-id"], name="lead_owner_status_idx"
            ),
            models.Index(fields=["organization", "owner", "-id"], name="lead_owner_idx"),
            models.Index(fields=["organization", "created_at", "id"], name="lead_created_idx"),
            models.Index(fields=["organization", "department", "-id"], name="lead_department_idx"),
            models.Index(fields=["organization", "status", "-id"], name="lead_status_idx"),
            models.Index(fields=["organization", "sort_key", "id"], name="lead_reading_idx"),
            models.Index(fields=["organization", "updated_at", "id"], name="lead_updated_idx"),
            models.Index(fields=["organization", "next_step_at", "id"], name="lead_next_step_idx"),
            models.Index(fields=["organization", "company_name"], name="lead_company_idx"),
            models.Index(fields=["organization", "contact_name"], name="lead_contact_idx"),
            models.Index(fields=["organization", "phone_key"], name="lead_phone_idx"),
        ]

    def __str__(self) -> str:
        return self.company_name

    @staticmethod
    def access_grants() -> tuple[type["LeadGrant"], type["LeadDepartmentGrant"]]:
        """Where leads shared one by one are recorded: with people, with departments."""
        return LeadGrant, LeadDepartmentGrant

    @transition(status, source=LeadStatus.NEW, target=LeadStatus.CONTACTED)
    def mark_contacted(self) -> None:
        """Somebody spoke with them."""

    @transition(status, source=[LeadStatus.NEW, LeadStatus.CONTACTED], target=LeadStatus.QUALIFIED)
    def qualify(self) -> None:
        """The need is real."""

    @transition(
        status,
        source=[LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED],
        target=LeadStatus.CONVERTED,
    )
    def convert(self) -> None:
        """Became a customer."""

    @transition(
        status,
        source=[LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED],
        target=LeadStatus.INVALID,
    )
    def invalidate(self) -> None:
        """Not worth working on."""

    @transition(status, source=LeadStatus.INVALID, target=LeadStatus.NEW)
    def reopen(self) -> None:
        """Was closed too early."""

    @transition(
        status,
        source=LeadStatus.INVALID,
        target=RETURN_VALUE(LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED),
    )
    def put_back(self, before: LeadStatus) -> LeadStatus:
        """Was closed by a decision that holds no longer: it is what it was."""
        return before


class LeadGrant(Grant):
    """One lead shared with one person."""

    content_object = TenantForeignKey(Lead, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"],
                name="lead_grant_once",
            )
        ]


class LeadDepartmentGrant(DepartmentGrant):
    """One lead shared with a department and those below it."""

    content_object = TenantForeignKey(Lead, models.CASCADE, related_name="department_grants")

    class Meta(DepartmentGrant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "action", "content_object"],
                name="lead_department_grant_once",
            )
        ]


class Touch(TenantModel):
    """One arrival through a channel, as received, and what became of it."""

    channel = models.CharField(_("source"), max_length=12, choices=Channel)
    payload = models.JSONField(_("as received"), default=dict)
    received_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=TouchOutcome, default=TouchOutcome.PENDING
    )
    outcome_reason = models.CharField(max_length=200, blank=True)
    lead = TenantForeignKey(Lead, models.SET_NULL, null=True, related_name="touches")
    import_batch = TenantForeignKey(
        "leads.ImportBatch", models.SET_NULL, null=True, related_name="touches"
    )
    # the collision case in which it is told of
    case = TenantForeignKey(
        "leads.CollisionCase", models.SET_NULL, null=True, related_name="touches"
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        indexes = [
            models.Index(
                fields=["organization", "channel", "outcome", "-id"],
                name="touch_channel_outcome_idx",
            ),
            models.Index(
                fields=["organization", "import_batch", "outcome", "id"], name="touch_import_idx"
            ),
            models.Index(
                fields=["organization", "case", "id"],
                name="touch_case_idx",
                condition=models.Q(case__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"
