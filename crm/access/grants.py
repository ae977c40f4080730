"""Grants on single shared records: guardian's tables, one per noun, by direct foreign key.

The only module that uses guardian.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import Permission
from django.db import models
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase
from guardian.shortcuts import assign_perm, remove_perm

from crm.people.models import Member, User
from crm.tenancy.managers import TenantManager
from crm.tenancy.models import TenantModel


class GrantManager(TenantManager["Grant"], UserObjectPermissionManager):
    """Guardian's own manager, sealed like every other tenant's manager."""


class Grant(TenantModel, UserObjectPermissionBase):
    """Abstract: subclasses add `content_object = TenantForeignKey(<noun>, CASCADE)`."""

    # guardian's own columns, without the indexes that would not begin with the tenant
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    permission = models.ForeignKey(Permission, models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[Any] = GrantManager()

    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = True


def grant(member: Member, action: str, record: models.Model) -> None:
    """Let a member do `action` (view_customer, edit_customer) on this one record."""
    assign_perm(f"{record._meta.app_label}.{action}", member.user, record)


def revoke(member: Member, action: str, record: models.Model) -> None:
    """Take a grant back; nothing happens where there is none."""
    remove_perm(f"{record._meta.app_label}.{action}", member.user, record)
