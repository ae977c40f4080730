from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models.departments import Department
from crm.people.models.holding import RoleHolder
from crm.people.models.users import User
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class Member(RoleHolder, TenantModel):
    """A person's place in one organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=160, editable=False, default="")
    title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    department = TenantForeignKey(
        Department, models.PROTECT, null=True, related_name="members", verbose_name=_("department")
    )
    capacity = models.PositiveIntegerField(_("most open leads"), default=0)
    is_receiving_leads = models.BooleanField(_("takes new leads"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    superior = TenantForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("superior"),
    )
    deputy = TenantForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("standing deputy"),
    )
    skills = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("skills")
    )
    provinces = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name=_("provinces served"),
    )
    industries = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("industries served"),
    )
    # The week as crm.people.week writes it; none means the organisation's.
    working_week = models.JSONField(_("own working hours"), null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    # crm.tenancy.schema adds a policy by which a person finds their own memberships
    own_rows_visible: ClassVar[bool] = True
    # a member's own row is themselves
    access_owner: ClassVar[str] = "id"

    class Meta(TenantModel.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="member_once_per_organization"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "department"], name="member_department_idx"),
            models.Index(fields=["user"], name="member_user_idx"),
        ]

    def __str__(self) -> str:
        return self.name
