from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.tenancy.models import TenantForeignKey, TenantModel


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
    industries = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("industries served"),
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
