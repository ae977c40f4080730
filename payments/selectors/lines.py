"""Questions about bank lines: which wait, which are explained."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crm.money import ZERO
from payments.enums import LineState
from payments.models import LineDisposition, StatementLine


def is_aside() -> Exists:
    """Set aside with a reason that still stands."""
    return Exists(LineDisposition.objects.filter(line_id=OuterRef("pk"), withdrawn_at__isnull=True))


def is_unmatched() -> Q:
    """Money in that is not, or not wholly, given to instalments."""
    return Q(amount__gt=ZERO, matched_amount__lt=F("amount"))


def lines_in(state: str) -> QuerySet[StatementLine]:
    """The lines in a derived state, oldest first."""
    lines = StatementLine.objects.order_by("booking_date", "id")
    found: QuerySet[StatementLine]
    if state == LineState.OPEN:
        found = lines.filter(is_unmatched(), ~is_aside())
    elif state == LineState.ASIDE:
        found = lines.filter(is_unmatched() | Q(amount__lte=ZERO), is_aside())
    elif state == LineState.POSTED:
        found = lines.filter(amount__gt=ZERO, matched_amount=F("amount"))
    else:
        found = lines.filter(~is_aside(), amount__lte=ZERO)
    return found


def open_lines() -> QuerySet[StatementLine]:
    """Money in that nobody has explained yet."""
    return lines_in(LineState.OPEN)
