from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from leads.enums import RecordKind
from leads.models.collisions import CollisionCase


@tracked
class ClientSplit(TenantModel):
    """A lead or customer that a decided case shared: to whom its orders are credited, in parts.

    It tells of the orders entered while it held, so it stays with its record for good. A customer
    that goes on with it, of a lead or by a merge, gets one of its own.
    """

    record_kind = models.CharField(max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField()
    case = TenantForeignKey(CollisionCase, models.PROTECT, related_name="splits")
    # of the decision that shared it
    level = models.PositiveSmallIntegerField()
    # who has the client: without them there is nothing to share
    main = TenantForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("main owner"))
    # {"member id": percent}, together 100
    shares = models.JSONField(default=dict)
    # {"member id": moment} of those with whom the client is, or will be, shared no longer
    ended = models.JSONField(default=dict)
    # orders dated earlier keep the credit they had
    starts_on = models.DateField()
    began_at = models.DateTimeField()
    # a merge gave the client to somebody else, or was undone
    over_at = models.DateTimeField(null=True)

    append_only: ClassVar[bool] = False

    class Meta(TenantModel.Meta):
        verbose_name = _("shared client")
        verbose_name_plural = _("shared clients")
        indexes = [
            models.Index(
                fields=["organization", "record_kind", "record_id", "began_at"],
                name="client_split_record_idx",
            ),
            models.Index(fields=["organization", "case", "level"], name="client_split_case_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id}: {self.shares}"

    def end_of(self, member_id: int) -> datetime | None:
        """When the client is shared with this member no longer; None: no end is known."""
        found = self.ended.get(str(member_id))
        return parse_datetime(found) if found else None

    def parts_at(self, moment: datetime) -> dict[int, int]:
        """Percent by member at this moment."""
        return self.parts_when(lambda end: end <= moment)

    def parts_when(self, is_over: Callable[[datetime], bool]) -> dict[int, int]:
        """Percent by member: what was theirs with whom it is over falls to the main owner."""
        main = int(self.main_id)
        found = {main: 0}
        for key, percent in self.shares.items():
            member_id = int(key)
            end = self.end_of(member_id)
            holder = main if end is not None and is_over(end) else member_id
            found[holder] = found.get(holder, 0) + int(percent)
        return {pk: percent for pk, percent in found.items() if percent}
