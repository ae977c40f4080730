"""The targets of the collision figures: the organisation's own, some of them perhaps none."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from leads.models import CollisionSettings
from leads.selectors.entering import collision_settings


@dataclass(frozen=True)
class Target:
    """What an indicator should stay below or above; shares are given in percent."""

    number: Decimal
    is_share: bool
    is_floor: bool

    def is_missed(self, value: float | None) -> bool:
        """Whether a figure is not where it should be; one that is not known misses nothing."""
        if value is None:
            return False
        got = Decimal(str(value)) * (100 if self.is_share else 1)
        return got <= self.number if self.is_floor else got >= self.number

    @property
    def words(self) -> str:
        """“target < 2%”."""
        sign = ">" if self.is_floor else "<"
        number = f"{self.number.normalize():f}{'%' if self.is_share else ''}"
        return _("target %(sign)s %(number)s") % {"sign": sign, "number": number}


# indicator → whether it is a share, and whether more is better
KINDS: Mapping[str, tuple[bool, bool]] = {
    "rate": (True, False),
    "hours": (False, False),
    "completeness": (True, True),
    "sharing": (True, True),
    "per_rep": (False, False),
}


def figure_targets(settings: CollisionSettings | None = None) -> dict[str, Target]:
    """The targets by indicator; one that nobody has set is not there."""
    row: Any = settings or collision_settings()
    kept = {key: getattr(row, f"target_{key}") for key in KINDS}
    return {key: Target(number, *KINDS[key]) for key, number in kept.items() if number is not None}
