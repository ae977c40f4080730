from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.tracking import tracked
from crm.people.models.members import Member
from crm.tenancy.models import TenantForeignKey, TenantModel


class AbsenceKind(models.TextChoices):
    LEAVE = "leave", _("Annual leave")
    SICK = "sick", _("Sick leave")
    PERSONAL = "personal", _("Personal leave")
    TRAVEL = "travel", _("Business trip")
    TRAINING = "training", _("Training")
    FAMILY = "family", _("Parental leave")
    OTHER = "other", pgettext_lazy("absence", "Other")


@tracked
class Absence(TenantModel):
    """A member is away from `start_at` up to, not including, `end_at`; none overlap."""

    member = TenantForeignKey(
        Member, models.CASCADE, related_name="absences", verbose_name=_("member")
    )
    start_at = models.DateTimeField(_("from"))
    end_at = models.DateTimeField(_("until"))
    is_whole_days = models.BooleanField(_("whole days"), default=True)
    kind = models.CharField(
        _("reason"), max_length=12, choices=AbsenceKind, default=AbsenceKind.LEAVE
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    deputy = TenantForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deputy"),
    )
    recorded_by = TenantForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # within reach like the member who is away
    access_via: ClassVar[str] = "member__"
    access_owner: ClassVar[str] = "id"

    class Meta(TenantModel.Meta):
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("member")),
                name="absence_deputy_is_another",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "start_at"], name="absence_member_idx"),
            models.Index(fields=["organization", "end_at"], name="absence_end_idx"),
            models.Index(fields=["organization", "start_at", "id"], name="absence_start_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.start_at:%Y-%m-%d} – {self.end_at:%Y-%m-%d}"
