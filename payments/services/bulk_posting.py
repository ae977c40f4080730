"""Post many lines in a handful of statements: locks, one insert, one log, one settlement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from crm.money import ZERO
from crm.people.models import Member
from payments.enums import AllocationSource, Band
from payments.models import Instalment, ProposedShare, StatementLine
from payments.services.locks import Shares
from payments.services.settling import Posted, settle

PROPOSED = """
      FROM payments_matchproposal proposal
      JOIN payments_proposedshare share
        ON share.organization_id = proposal.organization_id AND share.proposal_id = proposal.id
     WHERE proposal.line_id = ANY(%(lines)s)
"""
POST = f"""
    INSERT INTO payments_allocation (organization_id, line_id, instalment_id, amount, source,
                                     band, confidence, reasons, member_id, at)
    SELECT proposal.organization_id, proposal.line_id, share.instalment_id, share.amount,
           %(source)s, proposal.band, proposal.confidence, proposal.reasons, %(member)s, %(now)s
    {PROPOSED}
"""  # noqa: S608  only constants
LOG = f"""
    INSERT INTO audit_operationlog (organization_id, action, subject_kind, subject_id,
                                    member_id, details, at)
    SELECT proposal.organization_id, 'line.posted', 'payments.statementline', proposal.line_id,
           %(member)s,
           jsonb_build_object('source', %(source)s::text, 'shares', jsonb_object_agg(
               share.instalment_id::text, to_char(share.amount / 100.0, 'FM9999999999990.00'))),
           %(now)s
    {PROPOSED}
     GROUP BY proposal.organization_id, proposal.line_id
"""  # noqa: S608  only constants


class LockedLine(NamedTuple):
    """What posting needs to know of a line, read under lock."""

    pk: int
    amount: Decimal
    matched_amount: Decimal
    currency: str
    counterparty_name: str
    counterparty_account: str


class LockedInstalment(NamedTuple):
    """What posting needs to know of an instalment, read under lock."""

    pk: int
    amount: Decimal
    paid_amount: Decimal
    currency: str


@transaction.atomic
def accept_sure_lines(*, line_ids: Iterable[int], by: Member) -> tuple[int, int]:
    """Post the lines whose proposals are sure and still fit; returns how many were, were not."""
    wanted = sorted(set(line_ids))
    lines = locked_lines(wanted)
    shares = sure_shares(lines)
    instalments = locked_instalments({pk for some in shares.values() for pk in some})
    fitting = choose_fitting(lines, shares, instalments)
    if fitting:
        values: dict[str, Any] = {
            "lines": fitting,
            "source": AllocationSource.BULK.value,
            "member": by.pk,
            "now": timezone.now(),
        }
        with connection.cursor() as cursor:
            cursor.execute(POST, values)
            cursor.execute(LOG, values)
        settle([Posted(lines[pk], shares[pk]) for pk in fitting], instalments, by=by)
    return len(fitting), len(wanted) - len(fitting)


def locked_lines(line_ids: list[int]) -> dict[int, LockedLine]:
    """The lines, locked in the order of their ids."""
    rows = StatementLine.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk__in=line_ids).order_by("pk").values_list(*LockedLine._fields)
    return {row[0]: LockedLine(*row) for row in found}


def locked_instalments(instalment_ids: set[int]) -> dict[int, LockedInstalment]:
    """The instalments, locked in the order of their ids."""
    rows = Instalment.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk__in=instalment_ids).order_by("pk")
    return {row[0]: LockedInstalment(*row) for row in found.values_list(*LockedInstalment._fields)}


def sure_shares(line_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Line → what its sure proposal gives to which instalment."""
    rows = ProposedShare.objects.filter(
        proposal__line_id__in=list(line_ids), proposal__band=Band.POST
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line, instalment, amount in rows.values_list(
        "proposal__line_id", "instalment_id", "amount"
    ):
        found[line][instalment] = amount
    return found


def choose_fitting(
    lines: Mapping[int, LockedLine],
    shares: Mapping[int, Shares],
    instalments: Mapping[int, LockedInstalment],
) -> list[int]:
    """The lines that can all be posted together, in the order of their ids."""
    room = {pk: row.amount - row.paid_amount for pk, row in instalments.items()}
    fitting = []
    for pk in sorted(shares):
        line, wanted = lines[pk], shares[pk]
        fits = bool(wanted) and sum(wanted.values(), ZERO) <= line.amount - line.matched_amount
        if fits and all(
            amount <= room.get(one, ZERO) and instalments[one].currency == line.currency
            for one, amount in wanted.items()
        ):
            fitting.append(pk)
            for one, amount in wanted.items():
                room[one] -= amount
    return fitting
