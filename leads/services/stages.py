"""The columns of the pipeline that a new organisation starts with."""

from django.db import transaction

from leads.enums import StageKind
from leads.models import Stage
from leads.selectors.opportunities import stages

# code, name in the organisation's language, kind, probability, expected days
DEFAULTS = (
    ("first_contact", "初步接触", StageKind.OPEN, 10, 14),
    ("qualification", "需求确认", StageKind.OPEN, 30, 14),
    ("proposal", "方案报价", StageKind.OPEN, 50, 21),
    ("negotiation", "商务谈判", StageKind.OPEN, 70, 21),
    ("won", "赢单", StageKind.WON, 100, 0),
    ("lost", "输单", StageKind.LOST, 0, 0),
)


@transaction.atomic
def ensure_default_stages() -> list[Stage]:
    """The organisation's stages in order; the default ones are made where there are none."""
    found = stages()
    if found:
        return found
    Stage.objects.bulk_create(
        [
            Stage(
                code=code,
                name=name,
                kind=kind,
                probability=probability,
                expected_days=days,
                position=position,
            )
            for position, (code, name, kind, probability, days) in enumerate(DEFAULTS)
        ],
        ignore_conflicts=True,
    )
    return stages()
