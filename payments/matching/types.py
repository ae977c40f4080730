"""What goes into the matching engine and what comes out of it."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from leads.identity import compare_company_names, name_keys

Band = Literal["post", "propose", "exception"]

REASON_CODES = (
    "amount_exact",
    "amount_unique",
    "amount_near",
    "amounts_add_up",
    "all_open_items",
    "part_payment",
    "completes_part_payment",
    "overpayment",
    "reference",
    "reference_digits",
    "reference_differs",
    "payer_alias_account",
    "payer_alias_name",
    "payer_alias_shared",
    "payer_name_equal",
    "payer_name_same",
    "payer_name_probable",
    "payer_name_alike",
    "payer_named_in_memo",
    "payer_differs",
    "payer_unknown",
    "date_in_window",
    "date_far",
    "oldest_of_equal",
    "oldest_first",
    "equal_candidates",
    "contested",
    "taken_by_other_line",
    "nothing_open",
    "already_settled",
    "money_out",
    "returned_money",
    "no_amount",
)

EXCEPTION_TYPES = (
    "outgoing",
    "unknown_payer",
    "ambiguous",
    "short",
    "over",
    "duplicate",
    "refund",
    "unknown",
)


class Reason(NamedTuple):
    """Why, as a code of REASON_CODES with the values its sentence needs."""

    code: str
    params: Mapping[str, object] = MappingProxyType({})

    def as_dict(self) -> dict[str, object]:
        """The reason fit for JSON: amounts as text, tuples as lists."""
        params = {name: _plain(value) for name, value in self.params.items()}
        return {"code": self.code, "params": params}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, int | float | str | None) else str(value)


class NameVerdict(Protocol):
    """What a comparison of two names must answer."""

    @property
    def score(self) -> float: ...

    @property
    def verdict(self) -> str: ...


CompareNames = Callable[[str, str], NameVerdict]
NameKeys = Callable[[str], Iterable[Hashable]]


@dataclass(frozen=True, slots=True)
class Line:
    """A statement line: money in is positive."""

    id: Hashable
    amount: Decimal
    currency: str
    value_date: date
    counterparty_name: str = ""
    counterparty_account: str = ""
    reference: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something a customer still owes: an instalment, an invoice.

    `references` are the numbers a payer may quote: order, contract, invoice.
    """

    id: Hashable
    customer_id: Hashable
    customer_name: str
    amount_open: Decimal
    currency: str
    due_date: date | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How careful to be. Posting needs every condition, proposing only enough likelihood."""

    post_confidence: float = 0.9
    post_margin: float = 0.1
    propose_confidence: float = 0.45
    tie: float = 0.04
    near_share: Decimal = Decimal("0.07")
    days_early: int = 120
    days_late: int = 365
    post_days_early: int = 45
    post_days_late: int = 120
    largest_subset: int = 6
    subset_items: int = 24
    listed_candidates: int = 8


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the lines and items.

    `payer_aliases`: `payer_keys(name, account)` → customers this payer has paid for; several are
    allowed and make the alias a hint only. `customer_names`: further names of a customer, also of
    those who owe nothing now. `settled_items`: items paid of late, to recognise a second payment.
    """

    payer_aliases: Mapping[str, Collection[Hashable]] = field(default_factory=dict)
    customer_names: Mapping[Hashable, Sequence[str]] = field(default_factory=dict)
    settled_items: Sequence[OpenItem] = ()
    compare_names: CompareNames = compare_company_names
    name_keys: NameKeys = name_keys
    policy: Policy = Policy()


class Allocation(NamedTuple):
    """A part of a line given to an item."""

    item_id: Hashable
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another way to explain the line, for the person who decides."""

    allocations: tuple[Allocation, ...]
    confidence: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line pays and how sure that is.

    `exception_type` is set on exceptions, and on proposals that leave the item short. `rest` is
    what of the line the allocations leave over. `candidates` are the other ways, best first.
    """

    line_ids: tuple[Hashable, ...]
    allocations: tuple[Allocation, ...]
    band: Band
    confidence: float
    reasons: tuple[Reason, ...]
    exception_type: str | None = None
    rest: Decimal = Decimal(0)
    candidates: tuple[Candidate, ...] = ()
