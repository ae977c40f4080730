"""What the reconciliation page shows: the queue, its sums, and one line with its proposal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from crm.money import LARGEST, ZERO, round_money
from crm.web.asked import record_id
from payments.enums import Band, LineState
from payments.models import (
    Allocation,
    Instalment,
    LineDisposition,
    MatchProposal,
    StatementLine,
)
from payments.selectors.allocations import standing_allocations
from payments.selectors.lines import lines_in
from payments.selectors.status import is_open
from payments.wording import reason_tone, reason_words

PAGE = 50
MOST_FOUND = 30
AT_ONCE = 1_000
UNDECIDED = "none"


@dataclass(frozen=True)
class Query:
    """What the address asks for: which lines, and which of them is looked at."""

    state: str = LineState.OPEN
    band: str = ""
    text: str = ""
    after: str = ""

    def address(self, **changes: object) -> dict[str, str]:
        """The same question with some parts changed, as URL parameters."""
        parts = {
            "state": "" if self.state == LineState.OPEN else self.state,
            "band": self.band,
            "q": self.text,
            "after": self.after,
        } | {key: str(value or "") for key, value in changes.items()}
        return {key: value for key, value in parts.items() if value}


@dataclass(frozen=True)
class Totals:
    """What is left to explain, and how much of it is sure."""

    open_count: int
    open_amount: Decimal
    sure_count: int
    sure_amount: Decimal
    aside_count: int
    currency: str

    @property
    def is_done(self) -> bool:
        return not self.open_count


def queue(query: Query) -> QuerySet[StatementLine]:
    """The lines asked for, in the order they are worked through."""
    lines = lines_in(query.state)
    if query.band:
        wanted = Q(proposals__band=query.band)
        lines = lines.filter(Q(proposals__isnull=True) if query.band == UNDECIDED else wanted)
    if query.text:
        lines = lines.filter(found_by(query.text))
    if query.state in (LineState.POSTED, LineState.OUTGOING):
        lines = lines.order_by("-booking_date", "-id")
    return lines


def found_by(text: str) -> Q:
    """Lines whose payer begins so, or whose amount is exactly this."""
    found = Q(counterparty_name__startswith=text.strip())
    amount = typed_amount(text)
    return found if amount is None else found | Q(amount=amount)


def page_of(query: Query) -> tuple[list[StatementLine], str]:
    """One page of the queue, and the cursor of the next one."""
    lines = queue(query).select_related("account").prefetch_related("proposals")
    day, _colon, pk = query.after.partition(":")
    last = record_id(pk)
    if last is not None and (on := parse_day(day)):
        newest_first = query.state in (LineState.POSTED, LineState.OUTGOING)
        lines = lines.filter(beyond(on, last, newest_first=newest_first))
    rows = list(lines[: PAGE + 1])
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{more.booking_date}:{more.pk}" if more else ""


def beyond(on: date, pk: int, *, newest_first: bool) -> Q:
    """The lines that come after this one in the order of the queue."""
    if newest_first:
        return Q(booking_date__lt=on) | Q(booking_date=on, pk__lt=pk)
    return Q(booking_date__gt=on) | Q(booking_date=on, pk__gt=pk)


def parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def neighbours(
    query: Query, line: StatementLine
) -> tuple[StatementLine | None, StatementLine | None]:
    """The lines before and after this one in the queue."""
    newest_first = query.state in (LineState.POSTED, LineState.OUTGOING)
    rows = queue(query)
    here = line.booking_date, line.pk
    after = rows.filter(beyond(*here, newest_first=newest_first)).first()
    before = rows.filter(beyond(*here, newest_first=not newest_first)).last()
    return before, after


def next_after(query: Query, line: StatementLine) -> StatementLine | None:
    """The line to look at once this one is done: the next, else the first that is left."""
    _before, after = neighbours(query, line)
    return after or queue(query).exclude(pk=line.pk).first()


def totals(currency: str) -> Totals:
    """Sums over the whole queue, whatever is filtered."""
    left = F("amount") - F("matched_amount")
    rows = lines_in(LineState.OPEN).order_by().filter(currency=currency)
    everything = rows.aggregate(count=Count("pk"), amount=Sum(left))
    sure = rows.filter(proposals__band=Band.POST).aggregate(count=Count("pk"), amount=Sum(left))
    return Totals(
        open_count=everything["count"],
        open_amount=everything["amount"] or ZERO,
        sure_count=sure["count"],
        sure_amount=sure["amount"] or ZERO,
        aside_count=lines_in(LineState.ASIDE).order_by().count(),
        currency=currency,
    )


def sure_line_ids() -> list[int]:
    """The open lines whose proposals are sure, as many as are posted at one press."""
    rows = lines_in(LineState.OPEN).filter(proposals__band=Band.POST)
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


# One line


@dataclass(frozen=True)
class Chip:
    """A reason in words, and whether it speaks for or against."""

    words: str
    tone: str


@dataclass(frozen=True)
class Share:
    """A part of the line for one instalment."""

    instalment: Instalment
    amount: Decimal

    @property
    def open_amount(self) -> Decimal:
        left: Decimal = self.instalment.amount - self.instalment.paid_amount
        return left

    @property
    def still_fits(self) -> bool:
        return self.amount <= self.open_amount


@dataclass(frozen=True)
class Way:
    """One way to explain a line: to whom its money goes and why."""

    shares: Sequence[Share]
    confidence: int
    chips: Sequence[Chip]

    @property
    def total(self) -> Decimal:
        return sum((share.amount for share in self.shares), ZERO)

    @property
    def still_fits(self) -> bool:
        return bool(self.shares) and all(share.still_fits for share in self.shares)

    @property
    def customer(self) -> str:
        return self.shares[0].instalment.plan.order.customer.name if self.shares else ""


@dataclass(frozen=True)
class LineView:
    """A bank line with everything that is known about it."""

    line: StatementLine
    state: str
    proposal: MatchProposal | None
    way: Way | None
    others: Sequence[Way]
    posted: Sequence[Allocation]
    disposition: LineDisposition | None

    @property
    def chips(self) -> list[Chip]:
        """Why there is no proposal, beyond what its heading says."""
        reasons = self.proposal.reasons if self.proposal else []
        return chips_of(one for one in reasons if one.get("code") != "payer_unknown")

    @property
    def posted_chips(self) -> list[Chip]:
        """Why the line was posted so: the reasons kept with the allocations."""
        return chips_of(self.posted[0].reasons) if self.posted else []

    @property
    def left(self) -> Decimal:
        rest: Decimal = self.line.amount - self.line.matched_amount
        return rest

    @property
    def rest_after(self) -> Decimal:
        """What the proposal leaves over."""
        return self.left - self.way.total if self.way else self.left


def line_view(line: StatementLine) -> LineView:
    """Everything the right-hand pane says about a line."""
    disposition = (
        line.dispositions.filter(withdrawn_at__isnull=True).select_related("member").first()
    )
    state = state_of(line, is_aside=disposition is not None)
    proposal = line.proposals.first() if state == LineState.OPEN else None
    instalments = instalments_by_id(proposal) if proposal else {}
    posted = standing_allocations().filter(line=line).order_by("pk")
    return LineView(
        line=line,
        state=state,
        proposal=proposal,
        way=proposed_way(proposal, instalments) if proposal else None,
        others=[
            way
            for one in (proposal.candidates if proposal else [])[:4]
            if (way := candidate_way(one, instalments)).still_fits
        ],
        posted=list(posted.select_related("instalment__plan__order__customer", "member")),
        disposition=disposition,
    )


def state_of(line: StatementLine, *, is_aside: bool) -> str:
    """The derived state of one line; lines_in() is the same rule for the database."""
    if line.amount > ZERO and line.matched_amount >= line.amount:
        return LineState.POSTED
    if is_aside:
        return LineState.ASIDE
    return LineState.OPEN if line.amount > ZERO else LineState.OUTGOING


def instalments_by_id(proposal: MatchProposal) -> Mapping[int, Instalment]:
    """Every instalment a proposal or one of its other ways speaks of."""
    ids = {share.instalment_id for share in proposal.shares.all()}
    ids |= {pk for way in proposal.candidates for pk, _amount in way["shares"]}
    return {row.pk: row for row in described(Instalment.objects.filter(pk__in=ids))}


def described(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return rows.select_related("plan__order__customer")


def proposed_way(proposal: MatchProposal, instalments: Mapping[int, Instalment]) -> Way | None:
    """The proposal itself; None when it proposes nothing."""
    shares = [
        Share(instalments[share.instalment_id], share.amount)
        for share in proposal.shares.all()
        if share.instalment_id in instalments
    ]
    return Way(shares, proposal.confidence, chips_of(proposal.reasons)) if shares else None


def candidate_way(stored: Mapping[str, Any], instalments: Mapping[int, Instalment]) -> Way:
    """Another way to explain the line, as it was stored."""
    known = [(pk, amount) for pk, amount in stored["shares"] if pk in instalments]
    shares = [Share(instalments[pk], Decimal(amount)) for pk, amount in known]
    return Way(shares, stored["confidence"], chips_of(stored["reasons"]))


def chips_of(reasons: Iterable[Mapping[str, Any]]) -> list[Chip]:
    """Stored reasons as chips."""
    return [Chip(reason_words(one), reason_tone(str(one.get("code", "")))) for one in reasons]


# Matching by hand


def instalments_to_choose(
    line: StatementLine, text: str, suggested: Iterable[int] = ()
) -> list[Instalment]:
    """Open instalments to give the line's money to: what is searched for, else what is likely.

    The search knows the beginning of a customer's name, order and contract numbers, and amounts.
    """
    rows = described(Instalment.objects.filter(is_open(), currency=line.currency))
    rows = rows.exclude(plan__order__status="cancelled").order_by("due_date", "pk")
    if text.strip():
        return list(rows.filter(chosen_by(text.strip()))[:MOST_FOUND])
    likely = Q(pk__in=list(suggested)) | Q(amount=line.amount - line.matched_amount)
    if line.counterparty_name:
        likely |= Q(plan__order__customer__name=line.counterparty_name)
    return list(rows.filter(likely)[:MOST_FOUND])


def chosen_by(text: str) -> Q:
    """Instalments that a few typed letters may mean."""
    order = "plan__order__"
    found = (
        Q(**{f"{order}customer__name__contains": text})
        | Q(**{f"{order}number": text.upper()})
        | Q(**{f"{order}contract_number__startswith": text})
    )
    amount = typed_amount(text)
    return found if amount is None else found | Q(amount=amount)


def typed_amount(text: str) -> Decimal | None:
    """The amount that a search means, when it can be one."""
    try:
        amount = round_money(text.replace(",", "").replace("，", "").lstrip("¥￥ "))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= LARGEST else None
