"""What the services of this app refuse, in words fit for people."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.refusals import Refused, TryAgain
from leads.selectors.identity import Match


class StaleRecord(Refused):
    """Somebody else saved the record since it was read; `current` is what they saved."""

    def __init__(self, current: Any) -> None:
        super().__init__(_("Somebody else changed this record while you were editing it."))
        self.current = current


class LikelyDuplicate(Refused):
    """A record of the same client exists: continue with a reason, or take another way on."""

    # what the form has to ask before it may be saved
    asks = "reason"

    def __init__(self, matches: Sequence[Match], message: str = "") -> None:
        super().__init__(
            message
            or _(
                "This client is already being looked after. Say why you continue, or ask to share."
            )
        )
        self.matches = list(matches)


class TooManyAtOnce(TryAgain):
    """So many enter this client that one's turn did not come; nothing was saved."""

    def __init__(self) -> None:
        super().__init__(
            _("Several people are entering this client at this moment. Try again in a moment.")
        )


class ConfirmationNeeded(LikelyDuplicate):
    """Something alike exists, of others or one's own: somebody must look and confirm."""

    asks = "confirmation"

    def __init__(self, matches: Sequence[Match], *, is_own: bool) -> None:
        own = _("You already have this client. Open it instead, or confirm a second record.")
        others = _(
            "A client that is probably the same is being looked after. Look at it, then confirm."
        )
        super().__init__(matches, own if is_own else others)
        self.is_own = is_own


class ClientRefused(LikelyDuplicate):
    """A rule of the organisation keeps the client from being entered again."""

    asks = "nothing"

    def __init__(self, matches: Sequence[Match], rules: Sequence[str]) -> None:
        message = _(
            "Your organisation does not let this client be entered again (rule: %(rules)s). "
            "Open it, or ask its owner to share it."
        )
        super().__init__(matches, message % {"rules": ", ".join(rules)})


class CreditCodeTaken(Refused):
    """One company is one customer: its credit code cannot be entered twice."""

    def __init__(self, customer_id: int) -> None:
        super().__init__(
            _(
                "A customer with this credit code exists. Ask for it to be shared, "
                "or leave the code empty and say why you continue."
            )
        )
        self.customer_id = customer_id


class ProtectedClient(Refused):
    """The record is a duplicate of a protected customer: only that one may be worked on."""

    def __init__(self, message: str, *, case_id: int | None = None) -> None:
        super().__init__(message)
        # the collision case that settles it, if one is open
        self.case_id = case_id


class WrongState(Refused):
    """The record's state does not allow what was asked."""


class MergedMeanwhile(WrongState):
    """The record became part of another one between its page and the change of it."""

    def __init__(self, record: Any) -> None:
        super().__init__(
            _("“%(name)s” has been merged into another record meanwhile.") % {"name": record}
        )
        self.record = record
