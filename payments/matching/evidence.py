"""How much each sign says. Signs are taken as independent: doubts multiply."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from payments.matching.book import Entry
from payments.matching.money import SCALE, from_minor
from payments.matching.payers import Payer
from payments.matching.types import Line, Policy, Reason

Shape = Literal["exact", "quoted_set", "all_open", "only_set", "set", "near", "part", "over"]
Quote = Literal["", "digits", "number", "other"]
Shares = tuple[tuple[Entry, int], ...]

YUAN = 10**SCALE
_AMOUNT_WEIGHT: Mapping[Shape, float] = {
    "quoted_set": 0.6,
    "all_open": 0.55,
    "only_set": 0.35,
    "set": 0.2,
    "near": 0.3,
    "part": 0.1,
    "over": 0.1,
}
UNIQUE_WEIGHT = 0.3
_QUOTE_WEIGHT: Mapping[Quote, float] = {"": 0.0, "digits": 0.35, "number": 0.85, "other": 0.0}
FAR_FACTOR = 0.8
OTHER_NUMBER_FACTOR = 0.7
OTHER_PAYER_FACTOR = 0.5
UNKNOWN_PAYER_FACTOR = 0.9


@dataclass(frozen=True, slots=True)
class Case:
    """A line with all that was looked up for it once.

    `quoted` holds the items whose number the line quotes, True where it can mean nothing else.
    """

    line: Line
    amount: int
    payers: tuple[Payer, ...]
    quoted: Mapping[Entry, bool]

    def payer_of(self, customer_id: Hashable) -> Payer | None:
        """What the line says about this customer being the payer."""
        for payer in self.payers:
            if payer.customer_id == customer_id:
                return payer
        return None

    def names_another(self, customer_id: Hashable) -> bool:
        """Whether name or account speak for a customer other than this one."""
        return any(p.is_strong and p.customer_id != customer_id for p in self.payers)

    @property
    def has_strong_payer(self) -> bool:
        """Whether name or account alone name a customer."""
        return bool(self.payers) and self.payers[0].is_strong


class Way(NamedTuple):
    """Items a line may pay and how; `alike` is the payer guessed from a similar name."""

    shares: Shares
    shape: Shape
    alike: Payer | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs for one explanation, and what they amount to."""

    confidence: float
    quote: Quote
    payer: Payer | None
    is_other_payer: bool
    days_off: int
    is_timely: bool
    is_unique: bool

    @property
    def is_quoted(self) -> bool:
        """Whether the line quotes a number of every item it would pay."""
        return self.quote == "number"

    @property
    def is_contradicted(self) -> bool:
        """Whether payer or number speak for other items."""
        return self.is_other_payer or self.quote == "other"


def weigh(case: Case, way: Way, policy: Policy, *, is_unique: bool) -> Evidence:
    """Weigh amount, quoted numbers, payer and date for one explanation of the line."""
    shares, shape, alike = way
    customer_id = shares[0][0].item.customer_id
    payer = case.payer_of(customer_id) or alike
    quote = _quote(case, shares)
    days_off = _days_off(case.line, shares)
    is_timely = -policy.days_early <= days_off <= policy.days_late
    is_unique = is_unique and case.amount % (1000 * YUAN) != 0
    is_other_payer = case.has_strong_payer and case.names_another(customer_id)
    doubt = 1 - amount_weight(case.amount, shape)
    if is_unique:
        doubt *= 1 - UNIQUE_WEIGHT
    doubt *= 1 - _QUOTE_WEIGHT[quote]
    if payer is not None:
        doubt *= 1 - payer.weight
    if is_timely:
        doubt *= 1 - _date_weight(abs(days_off))
    factor = 1.0 if is_timely else FAR_FACTOR
    if quote == "other":
        factor *= OTHER_NUMBER_FACTOR
    if is_other_payer and not (payer is not None and payer.is_strong):
        factor *= OTHER_PAYER_FACTOR
    elif payer is None and case.line.counterparty_name:
        factor *= UNKNOWN_PAYER_FACTOR
    return Evidence(
        confidence=factor * (1 - doubt),
        quote=quote,
        payer=payer,
        is_other_payer=is_other_payer,
        days_off=days_off,
        is_timely=is_timely,
        is_unique=is_unique,
    )


def amount_weight(amount: int, shape: Shape) -> float:
    """An exact amount says more the less round it is."""
    if shape != "exact":
        return _AMOUNT_WEIGHT[shape]
    if amount % (1000 * YUAN) == 0:
        return 0.4
    return 0.5 if amount % YUAN == 0 else 0.6


def _quote(case: Case, shares: Shares) -> Quote:
    if not case.quoted:
        return ""
    quotes = [case.quoted.get(entry) for entry, _ in shares]
    if all(quotes):
        return "number"
    if any(case.quoted.values()):
        return "other"
    return "" if None in quotes else "digits"


def _days_off(line: Line, shares: Shares) -> int:
    """Days after the due date, of the item that is furthest off; negative when early."""
    day = line.value_date.toordinal()
    worst = 0
    for entry, _ in shares:
        if entry.due is not None and abs(day - entry.due) > abs(worst):
            worst = day - entry.due
    return worst


def _date_weight(days_off: int) -> float:
    return 0.12 if days_off <= 7 else 0.06 if days_off <= 45 else 0.02


def reasons_for(
    case: Case, shares: Shares, shape: Shape, evidence: Evidence, lefts: Sequence[int]
) -> tuple[Reason, ...]:
    """The signs in words: amount first, then number, payer and date."""
    reasons = _amount_reasons(case.amount, shares, shape, lefts)
    if evidence.is_unique:
        reasons.append(Reason("amount_unique"))
    if evidence.quote:
        reasons.append(_quoted_reason(case, shares, evidence.quote))
    if evidence.payer is not None:
        reasons.append(evidence.payer.reason)
    name = case.line.counterparty_name
    if evidence.is_other_payer:
        reasons.append(Reason("payer_differs", {"payer": name}))
    elif evidence.payer is None and name:
        reasons.append(Reason("payer_unknown", {"payer": name}))
    reasons.append(Reason("date_in_window" if evidence.is_timely else "date_far"))
    return tuple(reasons)


def _quoted_reason(case: Case, shares: Shares, quote: Quote) -> Reason:
    codes = {"number": "reference", "digits": "reference_digits", "other": "reference_differs"}
    entries = case.quoted if quote == "other" else [entry for entry, _ in shares]
    numbers = dict.fromkeys(text for entry in entries for text in entry.item.references)
    return Reason(codes[quote], {"references": tuple(numbers)})


def _amount_reasons(
    amount: int, shares: Shares, shape: Shape, lefts: Sequence[int]
) -> list[Reason]:
    params = {
        "amount": from_minor(amount),
        "open": from_minor(sum(lefts)),
        "items": len(shares),
    }
    if shape == "exact":
        is_begun = lefts[0] != shares[0][0].full
        return [Reason("completes_part_payment" if is_begun else "amount_exact", params)]
    codes = {
        "quoted_set": ["amounts_add_up"],
        "all_open": ["amounts_add_up", "all_open_items"],
        "only_set": ["amounts_add_up"],
        "set": ["amounts_add_up"],
        "near": ["amount_near"],
        "part": ["part_payment", "oldest_first"] if len(shares) > 1 else ["part_payment"],
        "over": ["overpayment"],
    }
    return [Reason(code, params) for code in codes[shape]]
