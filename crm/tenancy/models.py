from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.fields import OrganizationField, TenantForeignKey
from crm.tenancy.managers import TenantManager

__all__ = ["NumberSeries", "Organization", "TenantForeignKey", "TenantModel"]

# First path segments that belong to the platform and can never be an organisation's address.
RESERVED_SLUGS = frozenset(
    {"accounts", "admin", "api", "assets", "favicon.ico", "health", "i18n", "manifest.webmanifest"}
    | {"media", "operator", "robots.txt", "sign-up", "static", "switch", "www"}
)


class Organization(models.Model):
    """A company that uses the product: the tenant. Not itself under row-level security."""

    slug = models.CharField(
        _("address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")],
    )
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The path of its first page."""
        return f"/{self.slug}/"


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
