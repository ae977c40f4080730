from typing import ClassVar

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
    joined_at = models.DateTimeField(auto_now_add=True)

    # crm.tenancy.schema adds a policy by which a person finds their own memberships
    own_rows_visible: ClassVar[bool] = True

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
