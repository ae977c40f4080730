"""Post bank money to instalments, and take it back. Allocations are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.audit import services as audit
from crm.money import ZERO
from crm.people.models import Member
from crm.refusals import Refused
from payments import notifications
from payments.enums import AllocationSource
from payments.models import Allocation, MatchProposal, ProposedShare, StatementLine
from payments.selectors.allocations import standing_allocations
from payments.services import aliases
from payments.services.locks import Shares, check_fits, lock_instalments, lock_lines
from payments.services.refusals import AlreadyTaken
from payments.services.settling import Posted, customers_of, settle


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
    return post(line_id, shares, by, grounds)


def post(line_id: int, shares: Shares, by: Member, grounds: Grounds) -> list[Allocation]:
    """Lock, check, write, settle, log; inside the caller's transaction."""
    line = lock_lines([line_id])[line_id]
    if not shares or any(amount <= ZERO for amount in shares.values()):
        raise Refused(_("Choose at least one instalment and an amount for it."))
    instalments = lock_instalments(shares)
    check_fits(line, shares, instalments)
    written = write_allocations(line, shares, by, grounds)
    settle([Posted(line, shares)], instalments, by=by)
    audit.record("line.posted", target=line, shares=readable(shares), source=grounds.source)
    return written


@transaction.atomic
def accept_proposal(*, line_id: int, by: Member) -> list[Allocation]:
    """Post a line as its stored proposal says."""
    proposal = MatchProposal.objects.filter(line_id=line_id).first()
    shares = dict(
        ProposedShare.objects.filter(proposal__line_id=line_id).values_list(
            "instalment_id", "amount"
        )
    )
    if proposal is None or not shares:
        raise AlreadyTaken(_("There is no proposal for this line any more. Look at it again."))
    return post(line_id, shares, by, grounds_of(proposal))


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


def write_allocations(
    line: StatementLine, shares: Shares, by: Member, grounds: Grounds
) -> list[Allocation]:
    """Insert a line's allocations; the database adds them up and refuses too much."""
    now = timezone.now()
    return list(
        Allocation.objects.bulk_create(
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
            for instalment_id, amount in sorted(shares.items())
        )
    )


def grounds_of(proposal: MatchProposal) -> Grounds:
    """The proposal's reasons, to be kept with what is posted."""
    return Grounds(AllocationSource.PROPOSAL, proposal.band, proposal.confidence, proposal.reasons)


def readable(shares: Shares) -> dict[str, str]:
    """Shares fit for the operation log."""
    return {str(pk): str(amount) for pk, amount in shares.items()}
