"""What state an instalment is in: derived from its sums and today's date, in one place.

`derive_status` is the rule in Python, `status_expression` the same rule for the database and
`status_condition` the same again as a filter that an index can serve; a test keeps them equal.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)

from crm.money import ZERO
from payments.enums import InstalmentStatus
from payments.models import Instalment

DUE_SOON_DAYS = 7


def derive_status(
    *, amount: Decimal, paid: Decimal, due_date: date, today: date
) -> InstalmentStatus:
    """Paid, else overdue, else part-paid, else due within a week, else upcoming."""
    if paid >= amount:
        return InstalmentStatus.PAID
    if due_date < today:
        return InstalmentStatus.OVERDUE
    if paid > ZERO:
        return InstalmentStatus.PART_PAID
    if due_date <= today + timedelta(days=DUE_SOON_DAYS):
        return InstalmentStatus.DUE
    return InstalmentStatus.UPCOMING


def status_of(instalment: Instalment, today: date) -> InstalmentStatus:
    """The state of one instalment today."""
    return derive_status(
        amount=instalment.amount,
        paid=instalment.paid_amount,
        due_date=instalment.due_date,
        today=today,
    )


def is_open() -> Q:
    """Still owed, at least in part."""
    return Q(paid_amount__lt=F("amount"))


def status_condition(status: str, today: date) -> Q:
    """The rows in this state, as a filter."""
    soon = today + timedelta(days=DUE_SOON_DAYS)
    untouched = is_open() & Q(paid_amount=ZERO)
    conditions = {
        InstalmentStatus.PAID: Q(paid_amount__gte=F("amount")),
        InstalmentStatus.OVERDUE: is_open() & Q(due_date__lt=today),
        InstalmentStatus.PART_PAID: is_open() & Q(due_date__gte=today, paid_amount__gt=ZERO),
        InstalmentStatus.DUE: untouched & Q(due_date__gte=today, due_date__lte=soon),
        InstalmentStatus.UPCOMING: untouched & Q(due_date__gt=soon),
    }
    return conditions[InstalmentStatus(status)]


def status_expression(today: date) -> Case:
    """The state as a column."""
    decisive = (
        (InstalmentStatus.PAID, Q(paid_amount__gte=F("amount"))),
        (InstalmentStatus.OVERDUE, Q(due_date__lt=today)),
        (InstalmentStatus.PART_PAID, Q(paid_amount__gt=ZERO)),
        (InstalmentStatus.DUE, Q(due_date__lte=today + timedelta(days=DUE_SOON_DAYS))),
    )
    return Case(
        *(When(condition, then=Value(status.value)) for status, condition in decisive),
        default=Value(InstalmentStatus.UPCOMING.value),
        output_field=CharField(),
    )


def with_status(queryset: QuerySet[Instalment], today: date) -> QuerySet[Instalment]:
    """Add `status` and `owed_amount` to each row."""
    return queryset.annotate(
        status=status_expression(today), owed_amount=F("amount") - F("paid_amount")
    )


def for_list(queryset: QuerySet[Instalment], today: date) -> QuerySet[Instalment]:
    """Add what a list shows beside the fields: status, open amount, is it paid, today's date."""
    return with_status(queryset, today).annotate(
        today=Value(today, output_field=DateField()),
        is_paid=ExpressionWrapper(Q(paid_amount__gte=F("amount")), output_field=BooleanField()),
    )
