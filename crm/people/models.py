from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.enums import Language, Scope, Theme
from crm.tenancy.models import TenantForeignKey, TenantModel


class UserManager(BaseUserManager["User"]):
    """People sign in with an e-mail address, stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in; what they may do is decided by their memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.AUTO)
    is_compact = models.BooleanField(_("compact rows"), default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


@tracked
class Department(TenantModel):
    """A node of the organisation's tree; `path` holds the ids from the root to itself."""

    parent = TenantForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)
    name = models.CharField(_("name"), max_length=80)
    provinces = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name=_("provinces served"),
    )
    head = TenantForeignKey(
        "people.Member",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("head"),
    )
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "parent", "name"],
                name="department_name_unique_below_parent",
            )
        ]

    def __str__(self) -> str:
        return self.name


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


class MemberRole(TenantModel):
    """A role held by a member."""

    member = TenantForeignKey(Member, models.CASCADE, related_name="member_roles")
    role = TenantForeignKey(Role, models.CASCADE, related_name="member_roles")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "role"], name="member_role_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id}:{self.role_id}"
