"""What follows from postings: aliases learned, proposals gone or redone, people told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from crm import jobs
from crm.money import ZERO
from crm.people.models import Member
from payments import notifications
from payments.models import Instalment, LineDisposition, MatchProposal, ProposedShare
from payments.services import aliases
from payments.services.aliases import Payment
from payments.services.locks import Shares


class Owed(Protocol):
    """An instalment as it was read under lock."""

    @property
    def amount(self) -> Decimal: ...

    @property
    def paid_amount(self) -> Decimal: ...


@dataclass(frozen=True)
class Posted:
    """A line's payer and amount, and where its money went."""

    line: Payment
    shares: Shares


def settle(posted: Sequence[Posted], instalments: Mapping[int, Owed], *, by: Member) -> None:
    """Let everybody and everything know of these postings."""
    given: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in posted:
        for pk, amount in one.shares.items():
            given[pk] += amount
    customers = customers_of(given)
    aliases.learn(
        (one.line, customer) for one in posted for customer in {customers[pk] for pk in one.shares}
    )
    line_ids = [one.line.pk for one in posted]
    forget_proposals(line_ids)
    LineDisposition.objects.filter(line_id__in=line_ids, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    )
    rematch = lines_hoping_for(given)
    rematch |= {one.line.pk for one in posted if sum(one.shares.values()) < one.line.amount}
    if rematch:
        jobs.enqueue("payments.propose_matches", line_ids=sorted(rematch))
    notifications.instalments_paid(
        pk for pk, amount in given.items() if is_paid_by(instalments[pk], amount)
    )
    notifications.lines_changed()


def forget_proposals(line_ids: Collection[int] | None) -> None:
    """Remove what was proposed for these lines (None: for all), without asking row by row."""
    shares, proposals = ProposedShare.objects.all(), MatchProposal.objects.all()
    if line_ids is not None:
        shares = shares.filter(proposal__line_id__in=line_ids)
        proposals = proposals.filter(line_id__in=line_ids)
    shares._raw_delete(shares.db)
    proposals._raw_delete(proposals.db)


def is_paid_by(instalment: Owed, more: Decimal) -> bool:
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
