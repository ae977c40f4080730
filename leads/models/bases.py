from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.people.models import Department, Member
from crm.tenancy.managers import TenantManager
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.managers import PresentManager


class OwnedModel(TenantModel):
    """A record with an owner and the owner's department: what data scopes are compiled to."""

    owner = TenantForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    department = TenantForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    created_by = TenantForeignKey(
        Member,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    # counts every save through a form: a stale page is refused
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        abstract = True

    def give_to(self, member: Member | None) -> None:
        """Set owner and department together; the caller saves."""
        self.owner = member
        self.department_id = member.department_id if member else self.department_id


class NextStepModel(models.Model):
    """What was agreed last and what comes next."""

    last_follow_up_at = models.DateTimeField(_("last follow-up"), null=True, editable=False)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_at = models.DateTimeField(_("next step due"), null=True, blank=True)

    class Meta:
        abstract = True


class MergeableModel(TenantModel):
    """A record that can become part of another one: from then on it is in no list and no count."""

    merged_into = TenantForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[PresentManager[Self]] = PresentManager()
    every: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta(TenantModel.Meta):
        abstract = True
        base_manager_name = "every"

    @classmethod
    def successor_of(cls, pk: int) -> Self | None:
        """The record that this one is part of now, at the end of the chain; None when it is not."""
        ids = cls.every.values_list("merged_into", flat=True)
        following = found = ids.filter(pk=pk).first()
        while following is not None:
            found, following = following, ids.filter(pk=following).first()
        return cls.every.filter(pk=found).first() if found is not None else None


class OrderedRule(TenantModel):
    """A rule that is asked in its turn, the lowest position first, while it is active."""

    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
