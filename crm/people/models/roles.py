from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantForeignKey, TenantModel


class Role(TenantModel):
    """A named set of permissions, each with the data scope it reaches."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    grants = models.JSONField(_("permissions"), default=dict)
    is_builtin = models.BooleanField(default=False)

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
