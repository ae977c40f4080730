from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.enums import Scope
from crm.people.models.departments import Department
from crm.people.models.roles import MemberRole, Role
from crm.people.models.users import User
from crm.tenancy.models import TenantForeignKey, TenantModel


@tracked
class Member(TenantModel):
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

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The codes of the member's roles."""
        return frozenset(code for code, _grants in self._roles)

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """Permission name → the widest scope that any of the member's roles gives it."""
        widest: dict[str, Scope] = {}
        for _code, grants in self._roles:
            for permission, scope in grants.items():
                widest[permission] = max(widest.get(permission, Scope.OWN), Scope(scope))
        return widest

    def hold(self, roles: Iterable[Role]) -> None:
        """Take over roles that were read together with the member."""
        self._roles = [(role.code, role.grants) for role in roles]

    @cached_property
    def _roles(self) -> list[tuple[str, dict[str, int]]]:
        rows = MemberRole.objects.filter(member_id=self.pk).order_by("role_id")
        return list(rows.values_list("role__code", "role__grants"))

    @cached_property
    def department_tree_ids(self) -> list[int]:
        """The member's department and everything below it."""
        if self.department_id is None:
            return []
        below = Department.objects.filter(path__contains=[self.department_id])
        return sorted(below.values_list("id", flat=True))
