from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.tenancy.fields import OrganizationField, TenantForeignKey
from crm.tenancy.managers import TenantManager

__all__ = [
    "NumberSeries",
    "Organization",
    "OrganizationState",
    "TenantForeignKey",
    "TenantModel",
]

# First path segments that belong to the platform and can never be an organisation's address.
RESERVED_SLUGS = frozenset(
    {"accounts", "admin", "api", "assets", "favicon.ico", "health", "i18n", "manifest.webmanifest"}
    | {"media", "operator", "robots.txt", "sign-up", "static", "switch", "www"}
)


class OrganizationState(models.TextChoices):
    """What its members can do there; follows from two dates."""

    ACTIVE = "active", pgettext_lazy("organisation", "Active")
    SUSPENDED = "suspended", pgettext_lazy("organisation", "Suspended")
    DELETING = "deleting", pgettext_lazy("organisation", "Will be deleted")


class Organization(models.Model):
    """A company that uses the product: the tenant. Not itself under row-level security.

    Written by `crm.organizations.services` alone. The database refuses the application a
    `delete_after` less than a week away, and any DELETE.
    """

    slug = models.CharField(
        pgettext_lazy("organisation", "address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")],
    )
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1
    )
    # the id of a file of the organisation itself: no reference, that table is the tenant's
    logo_file_id = models.BigIntegerField(_("logo"), null=True, editable=False)
    suspended_at = models.DateTimeField(null=True, editable=False)
    suspension_reason = models.CharField(max_length=300, blank=True, editable=False)
    delete_after = models.DateTimeField(null=True, editable=False)
    last_active_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start__range=(1, 12)),
                name="fiscal_year_starts_in_a_month",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The path of its first page."""
        return f"/{self.slug}/"

    @property
    def state(self) -> OrganizationState:
        """Deletion outweighs suspension."""
        if self.delete_after is not None:
            return OrganizationState.DELETING
        return OrganizationState.SUSPENDED if self.suspended_at else OrganizationState.ACTIVE

    @property
    def is_open(self) -> bool:
        """Whether its pages answer and its jobs run."""
        return self.suspended_at is None and self.delete_after is None


def open_organizations() -> models.QuerySet[Organization]:
    """Those whose pages answer and whose jobs run."""
    return Organization.objects.filter(suspended_at=None, delete_after=None)


class TenantModel(models.Model):
    """A row that belongs to one organisation, by default the current one."""

    organization = OrganizationField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class NumberSeries(TenantModel):
    """The last number given out in a series, such as leads of 2026; see crm.numbering."""

    code = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="number_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.last}"
