"""Post bank money to instalments, and take it back. Allocations are only ever added.

Lines are locked before instalments, each in the order of their ids, so that two people posting at
once wait for each other instead of deadlocking; the second one then finds the money taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.audit import services as audit
from crm.money import ZERO
from crm.people.models import Member
from payments import notifications
from payments.enums import AllocationSource, Band
from payments.models import (
    Allocation,
    Instalment,
    LineDisposition,
    MatchProposal,
    ProposedShare,
    StatementLine,
)
from payments.selectors.allocations import standing_allocations
from payments.services import aliases
from payments.services.refusals import AlreadyTaken, Refused

Shares = Mapping[int, Decimal]


@dataclass(frozen=True)
class Grounds:
    """Why a line was posted so: what is stored with each allocation."""

    source: AllocationSource
    band: str = ""
    confidence: int = 0
    reasons: Sequence[object] = field(default_factory=list)


BY_HAND = Grounds(AllocationSource.MANUAL, reasons=[{"code": "chosen_by_hand", "params": {}}])


@transaction.atomic
def post_line(
    *, line_id: int, shares: Shares, by: Member, grounds: Grounds = BY_HAND
) -> list[Allocation]:
    """Give a line's money to instalments: {instalment id: amount}.

    Raises AlreadyTaken when the line or an instalment no longer has that much open.
    """
    line = lock_lines([line_id])[line_id]
    if not shares or any(amount <= ZERO for amount in shares.values()):
        raise Refused(_("Choose at least one instalment and an amount for it."))
    instalments = lock_instalments(shares)
    check_fits(line, shares, instalments)
    written = write_allocations([(line, shares, grounds)], by)
    settle([(line, shares)], instalments, by)
    audit.record("line.posted", target=line, shares=readable(shares), source=grounds.source)
    return written


@transaction.atomic
def accept_proposal(*, line_id: int, by: Member) -> list[Allocation]:
    """Post a line as its stored proposal says."""
    proposal = MatchProposal.objects.filter(line_id=line_id).prefetch_related("shares").first()
    if proposal is None or not proposal.shares.all():
        raise AlreadyTaken(_("There is no proposal for this line any more. Look at it again."))
    shares = {share.instalment_id: share.amount for share in proposal.shares.all()}
    return post_line(line_id=line_id, shares=shares, by=by, grounds=grounds_of(proposal))


@transaction.atomic
def accept_sure_lines(*, line_ids: Iterable[int], by: Member) -> tuple[int, int]:
    """Post the lines whose proposals are sure and still fit; returns how many were, were not."""
    wanted = sorted(set(line_ids))
    lines = lock_lines(wanted, missing_is_taken=False)
    proposals = MatchProposal.objects.filter(line_id__in=lines, band=Band.POST)
    found = {one.line_id: one for one in proposals.prefetch_related("shares")}
    shares = {
        pk: {share.instalment_id: share.amount for share in proposal.shares.all()}
        for pk, proposal in found.items()
    }
    instalments = lock_instalments({pk for some in shares.values() for pk in some})
    fitting = choose_fitting(lines, shares, instalments)
    write_allocations(
        [(lines[pk], shares[pk], grounds_of(found[pk], AllocationSource.BULK)) for pk in fitting],
        by,
    )
    settle([(lines[pk], shares[pk]) for pk in fitting], instalments, by)
    for pk in fitting:
        audit.record("line.posted", target=lines[pk], shares=readable(shares[pk]), source="bulk")
    return len(fitting), len(wanted) - len(fitting)


@transaction.atomic
def undo_line(*, line_id: int, by: Member) -> list[Allocation]:
    """Take back everything posted from a line, by reversal rows."""
    line = lock_lines([line_id])[line_id]
    standing = list(standing_allocations().filter(line=line).order_by("pk"))
    if not standing:
        raise AlreadyTaken(_("There is nothing left to undo on this line."))
    lock_instalments({one.instalment_id for one in standing})
    now = timezone.now()
    reversals = Allocation.objects.bulk_create(
        Allocation(
            line=line,
            instalment_id=one.instalment_id,
            amount=-one.amount,
            reverses=one,
            source=AllocationSource.REVERSAL,
            member=by,
            at=now,
        )
        for one in standing
    )
    customers = customers_of({one.instalment_id for one in standing})
    aliases.unlearn((line, customer) for customer in set(customers.values()))
    audit.record(
        "line.undone",
        target=line,
        shares=readable({one.instalment_id: one.amount for one in standing}),
    )
    jobs.enqueue("payments.propose_matches", line_ids=[line_id])
    notifications.lines_changed()
    return reversals


# Locks and checks


def lock_lines(
    line_ids: Iterable[int], *, missing_is_taken: bool = True
) -> dict[int, StatementLine]:
    """The lines, locked in the order of their ids."""
    wanted = sorted(set(line_ids))
    rows = StatementLine.objects.select_for_update(of=("self",), no_key=True)
    found = {line.pk: line for line in rows.filter(pk__in=wanted).order_by("pk")}
    if missing_is_taken and len(found) < len(wanted):
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


def choose_fitting(
    lines: Mapping[int, StatementLine],
    shares: Mapping[int, Shares],
    instalments: Mapping[int, Instalment],
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


# Writing


def write_allocations(
    posted: Sequence[tuple[StatementLine, Shares, Grounds]], by: Member
) -> list[Allocation]:
    """Insert the allocations of several lines; the database adds them up and refuses too much."""
    now = timezone.now()
    return list(
        Allocation.objects.bulk_create(
            [
                Allocation(
                    line=line,
                    instalment_id=instalment_id,
                    amount=amount,
                    source=grounds.source,
                    band=grounds.band,
                    confidence=grounds.confidence,
                    reasons=list(grounds.reasons),
                    member=by,
                    at=now,
                )
                for line, shares, grounds in posted
                for instalment_id, amount in sorted(shares.items())
            ]
        )
    )


def settle(
    posted: Sequence[tuple[StatementLine, Shares]],
    instalments: Mapping[int, Instalment],
    by: Member,
) -> None:
    """What follows from postings: aliases learned, proposals gone or redone, people told."""
    given: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for _line, shares in posted:
        for pk, amount in shares.items():
            given[pk] += amount
    customers = customers_of(given)
    aliases.learn(
        (line, customer) for line, shares in posted for customer in {customers[pk] for pk in shares}
    )
    line_ids = [line.pk for line, _shares in posted]
    MatchProposal.objects.filter(line_id__in=line_ids).delete()
    LineDisposition.objects.filter(line_id__in=line_ids, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    )
    rematch = lines_hoping_for(given)
    rematch |= {line.pk for line, shares in posted if sum(shares.values()) < line.amount}
    if rematch:
        jobs.enqueue("payments.propose_matches", line_ids=sorted(rematch))
    paid = [pk for pk, amount in given.items() if is_paid_by(instalments[pk], amount)]
    notifications.instalments_paid(paid)
    notifications.lines_changed()


def is_paid_by(instalment: Instalment, more: Decimal) -> bool:
    """Whether the instalment, as it was read under lock, is paid with this much more."""
    return bool(instalment.paid_amount + more >= instalment.amount)


def lines_hoping_for(instalment_ids: Iterable[int]) -> set[int]:
    """Other lines whose proposals count on these instalments: they need another look."""
    shares = ProposedShare.objects.filter(instalment_id__in=list(instalment_ids))
    return set(shares.values_list("proposal__line_id", flat=True))


def customers_of(instalment_ids: Iterable[int]) -> dict[int, int]:
    """Instalment → the customer of its order."""
    rows = Instalment.objects.filter(pk__in=list(instalment_ids))
    return dict(rows.values_list("pk", "plan__order__customer_id"))


def grounds_of(
    proposal: MatchProposal, source: AllocationSource = AllocationSource.PROPOSAL
) -> Grounds:
    """The proposal's reasons, to be kept with what is posted."""
    return Grounds(source, proposal.band, proposal.confidence, proposal.reasons)


def readable(shares: Shares) -> dict[str, str]:
    """Shares fit for the operation log."""
    return {str(pk): str(amount) for pk, amount in shares.items()}
