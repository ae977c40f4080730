"""What the services of this app refuse, in words fit for people."""

from typing import Any

from django.utils.translation import gettext as _

from leads.selectors.identity import Match


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A rule said no; the message says why and what to do."""


class StaleRecord(Refused):
    """Somebody else saved the record since it was read; `current` is what they saved."""

    def __init__(self, current: Any) -> None:
        super().__init__(_("Somebody else changed this record while you were editing it."))
        self.current = current


class LikelyDuplicate(Refused):
    """A record of the same client exists: continue with a reason, or take another way on."""

    def __init__(self, matches: list[Match]) -> None:
        super().__init__(
            _("This client is already being looked after. Say why you continue, or ask to share.")
        )
        self.matches = matches


class WrongState(Refused):
    """The record's state does not allow what was asked."""
