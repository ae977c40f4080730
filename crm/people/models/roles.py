from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class Role(TenantModel):
    """A named set of permissions, each with the data scope it reaches."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    # permission → scope, or {"scope": CHOSEN, "departments": […]}; see crm.access.reach
    grants = models.JSONField(_("permissions"), default=dict)
    # guarded field → Right, for the fields that are not free to write; see crm.access.fields
    field_rights = models.JSONField(_("field rights"), default=dict)
    # a built-in role starts with what its apps declare; this is how far it has been given
    offered = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    is_builtin = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], name="role_code_unique_in_organization"
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class MemberRole(TenantModel):
    """A role held by a member."""

    member = TenantForeignKey("people.Member", models.CASCADE, related_name="member_roles")
    role = TenantForeignKey(Role, models.CASCADE, related_name="member_roles")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "role"], name="member_role_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id}:{self.role_id}"
