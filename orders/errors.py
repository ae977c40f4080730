"""Why something could not be done with a quote or an order, in words for people."""

from datetime import date

from django.utils.translation import gettext as _

from crm.refusals import Refused
from crm.web.formats import Formats


class OrderError(Refused):
    """A rule of orders was not met; `str(error)` is fit for people."""

    @property
    def words(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.words


class OrderNotEditable(OrderError):
    @property
    def words(self) -> str:
        return _("This order is not a draft any more. Withdraw it from approval to change it.")


class StaleDocument(OrderError):
    """Somebody saved the quote or order after this page was opened."""

    @property
    def words(self) -> str:
        return _("Somebody else changed this while you were writing.")


class EmptyOrder(OrderError):
    @property
    def words(self) -> str:
        return _("Add at least one product before you submit the order.")


class FaultyLines(OrderError):
    """Some lines have no honest price; `lines` gives the words by their place (from 0)."""

    def __init__(self, lines: dict[int, str]) -> None:
        super().__init__()
        self.lines = lines

    @property
    def words(self) -> str:
        return " ".join(self.lines.values())


class WrongState(OrderError):
    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    @property
    def words(self) -> str:
        return _("This order is “%(state)s”; that cannot be done now.") % {"state": self.state}


class NotInApproval(OrderError):
    @property
    def words(self) -> str:
        return _("This order is not in approval.")


class QuoteNotEditable(OrderError):
    @property
    def words(self) -> str:
        return _("This quote is not a draft any more. Revise it to offer something else.")


class EmptyQuote(OrderError):
    @property
    def words(self) -> str:
        return _("Add at least one product before you send the quote.")


class QuoteOver(OrderError):
    """Its last day is past."""

    def __init__(self, until: date) -> None:
        super().__init__()
        self.until = until

    @property
    def words(self) -> str:
        day = Formats.current().day(self.until)
        return _("This quote held until %(day)s. Choose a later day, or revise it.") % {"day": day}


class OrderGoesOn(OrderError):
    @property
    def words(self) -> str:
        return _("The order made of this quote is no draft of yours any more. Cancel it first.")


class WrongQuoteState(WrongState):
    @property
    def words(self) -> str:
        return _("This quote is “%(state)s”; that cannot be done now.") % {"state": self.state}
