"""Locks before money moves: lines first, then instalments, each in the order of their ids.

So two people posting at once wait for each other instead of deadlocking; the second one then
finds the money taken.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.money import ZERO
from crm.refusals import Refused
from payments.models import Instalment, StatementLine
from payments.services.refusals import AlreadyTaken

Shares = Mapping[int, Decimal]


def lock_lines(
    line_ids: Iterable[int],
) -> dict[int, StatementLine]:
    """The lines, locked in the order of their ids."""
    wanted = sorted(set(line_ids))
    rows = StatementLine.objects.select_for_update(of=("self",), no_key=True)
    found = {line.pk: line for line in rows.filter(pk__in=wanted).order_by("pk")}
    if len(found) < len(wanted):
        raise AlreadyTaken(_("The bank line does not exist."))
    return found


def lock_instalments(instalment_ids: Iterable[int]) -> dict[int, Instalment]:
    """The instalments, locked in the order of their ids; missing ones are left out."""
    rows = Instalment.objects.select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in rows.filter(pk__in=set(instalment_ids)).order_by("pk")}


def check_fits(line: StatementLine, shares: Shares, instalments: Mapping[int, Instalment]) -> None:
    """Raise AlreadyTaken unless line and instalments still have that much open."""
    if sum(shares.values(), ZERO) > line.amount - line.matched_amount:
        raise AlreadyTaken(
            _("The line has been matched meanwhile.")
            if line.matched_amount
            else _("That is more than the line's amount.")
        )
    for pk, amount in shares.items():
        instalment = instalments.get(pk)
        if instalment is None:
            raise AlreadyTaken(_("The instalment does not exist any more."))
        if instalment.currency != line.currency:
            raise Refused(_("Line and instalment are in different currencies."))
        if amount > instalment.amount - instalment.paid_amount:
            raise AlreadyTaken(
                _("Less is open on the instalment than you want to post: it was paid meanwhile.")
                if instalment.paid_amount
                else _("That is more than the instalment's amount.")
            )
