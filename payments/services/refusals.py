"""What the services of this app refuse, in words fit for people."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.refusals import Refused
from crm.web.formats import money


class StalePlan(Refused):
    """Somebody else saved the plan since it was read."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            _("Somebody else changed this plan while you were editing it. Look at it again.")
        )
        self.current = current


class PlanDoesNotTieOut(Refused):
    """The instalments do not make the order's amount."""

    def __init__(self, *, total: Decimal, wanted: Decimal, currency: str) -> None:
        super().__init__(
            _("The instalments make %(total)s, the order is %(wanted)s: %(difference)s differ.")
            % {
                "total": money(total, currency),
                "wanted": money(wanted, currency),
                "difference": money(abs(wanted - total), currency),
            }
        )


class AlreadyTaken(Refused):
    """Somebody else matched the line or the instalment a moment ago."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or _("A colleague was faster: this money is matched already. The page is up to date.")
        )


class StatementRefused(Refused):
    """The file cannot be taken in; `place` says where."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(message)
        self.place = place
