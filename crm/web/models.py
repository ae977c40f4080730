"""What a person keeps about lists (saved views, chosen columns), and which forms were sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantForeignKey, TenantModel


class SavedView(TenantModel):
    """A list's filters, order and search under a name, for its author or for everybody."""

    member = TenantForeignKey("people.Member", models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2_000, blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "page", "name"],
                name="saved_view_name_once_per_page",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "page", "name"], name="saved_view_page_idx")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def offered(cls, *, member_id: int, page: str) -> "models.QuerySet[SavedView]":
        """The views a member may pick on a page: their own and the shared ones."""
        found: models.QuerySet[SavedView] = cls.objects.filter(
            Q(member_id=member_id) | Q(is_shared=True), page=page
        )
        return found.order_by("name", "pk")


class ColumnChoice(TenantModel):
    """The columns a member wants to see on one list, in their order."""

    member = TenantForeignKey("people.Member", models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    columns = ArrayField(models.CharField(max_length=60), default=list)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "page"], name="column_choice_once_per_page"
            )
        ]

    def __str__(self) -> str:
        return self.page


class Submission(TenantModel):
    """A form as it was sent, kept for a day: `crm.web.once` answers it a second time alike."""

    member = TenantForeignKey("people.Member", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "key"], name="submission_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "member", "at"], name="submission_age_idx")]

    def __str__(self) -> str:
        return self.key
