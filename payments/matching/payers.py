"""Who paid: learned aliases first, then equal names, then names that mean the same firm."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from payments.matching.types import Knowledge, Line, OpenItem, Reason

_NAME_NOISE = re.compile(r"[\W_]+")
SHORTEST_MEMO_NAME = 6
MOST_COMPARED = 12


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer who may have paid a line. `weight` is how much that says, 0 to 1."""

    customer_id: Hashable
    weight: float
    reason: Reason

    @property
    def is_strong(self) -> bool:
        """Whether name or alias alone tell this customer from all others."""
        return self.weight >= 0.75

    @property
    def is_certain(self) -> bool:
        """Whether nothing had to be guessed: an equal name or an alias nobody shares."""
        return self.weight >= 0.8


def normalise_payer(name: str) -> str:
    """A payer's name without width, case, blanks and brackets."""
    return _NAME_NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


def payer_keys(name: str, account: str) -> tuple[str, ...]:
    """The keys a payer is remembered by: account first, then name. Store these, look them up."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", account))
    plain = normalise_payer(name)
    keys = []
    if len(number) >= 6 and "*" not in number:
        keys.append(f"account:{number}")
    if plain:
        keys.append(f"name:{plain}")
    return tuple(keys)


class PayerIndex:
    """All known names of all customers, ready to be asked who a payer is."""

    def __init__(self, items: Iterable[OpenItem], knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        names: dict[tuple[str, Hashable], None] = {}
        latest: dict[Hashable, str] = {}
        for item in items:
            if latest.get(item.customer_id) != item.customer_name:
                latest[item.customer_id] = item.customer_name
                names[item.customer_name, item.customer_id] = None
        for customer_id, others in knowledge.customer_names.items():
            for name in others:
                names[name, customer_id] = None
        self._names = sorted(names, key=lambda pair: (pair[0], repr(pair[1])))
        self._equal: dict[str, set[Hashable]] = defaultdict(set)
        self._starts: dict[str, list[tuple[str, Hashable]]] = defaultdict(list)
        for name, customer_id in self._names:
            plain = normalise_payer(name)
            if plain:
                self._equal[plain].add(customer_id)
            if len(plain) >= SHORTEST_MEMO_NAME:
                self._starts[plain[:SHORTEST_MEMO_NAME]].append((plain, customer_id))
        self._alike: dict[Hashable, dict[tuple[str, Hashable], None]] | None = None
        self._known: dict[tuple[str, str, str], tuple[Payer, ...]] = {}

    def payers(self, line: Line) -> tuple[Payer, ...]:
        """The customers who may have paid, most likely first."""
        key = (line.counterparty_name, line.counterparty_account, line.memo)
        if key not in self._known:
            best: dict[Hashable, Payer] = {}
            for payer in (*self._aliases(line), *self._named(line), *self._in_memo(line)):
                known = best.get(payer.customer_id)
                if known is None or payer.weight > known.weight:
                    best[payer.customer_id] = payer
            ranked = sorted(best.values(), key=lambda p: (-p.weight, repr(p.customer_id)))
            self._known[key] = tuple(ranked)
        return self._known[key]

    def _aliases(self, line: Line) -> Iterable[Payer]:
        for key in payer_keys(line.counterparty_name, line.counterparty_account):
            customers = self._knowledge.payer_aliases.get(key, ())
            kind = key.partition(":")[0]
            shared = len(set(customers)) > 1
            code = "payer_alias_shared" if shared else f"payer_alias_{kind}"
            weight = 0.45 if shared else 0.88 if kind == "account" else 0.85
            for customer_id in customers:
                yield Payer(customer_id, weight, Reason(code, {"payer": line.counterparty_name}))

    def _named(self, line: Line) -> Iterable[Payer]:
        name = line.counterparty_name
        plain = normalise_payer(name)
        if not plain:
            return
        equal = self._equal.get(plain, ())
        for customer_id in equal:
            weight = 0.85 if len(equal) == 1 else 0.45
            yield Payer(customer_id, weight, Reason("payer_name_equal", {"payer": name}))
        if not equal:
            yield from self._compared(name)

    def _compared(self, name: str) -> Iterable[Payer]:
        """Customers whose name means the same firm; more than one "same" is only probable."""
        found: dict[Hashable, tuple[float, str, str]] = {}
        for known, customer_id in self._neighbours(name):
            match = self._knowledge.compare_names(name, known)
            if match.verdict != "different":
                rank = (match.score, match.verdict, known)
                found[customer_id] = max(found.get(customer_id, rank), rank)
        same = [customer_id for customer_id, rank in found.items() if rank[1] == "same"]
        for customer_id, (_, verdict, known) in found.items():
            is_same = verdict == "same" and len(same) == 1
            code = "payer_name_same" if verdict == "same" else "payer_name_probable"
            reason = Reason(code, {"payer": name, "customer": known})
            yield Payer(customer_id, 0.75 if is_same else 0.45, reason)

    def _neighbours(self, name: str) -> list[tuple[str, Hashable]]:
        if self._alike is None:
            self._alike = defaultdict(dict)
            for pair in self._names:
                for key in self._knowledge.name_keys(pair[0]):
                    self._alike[key][pair] = None
        near: dict[tuple[str, Hashable], None] = {}
        for key in self._knowledge.name_keys(name):
            sharing = self._alike.get(key, {})
            if len(sharing) <= MOST_COMPARED:
                near.update(sharing)
        return list(near)

    def _in_memo(self, line: Line) -> Iterable[Payer]:
        """Customers named in the memo, as when a third party or a platform pays for them."""
        text = normalise_payer(line.memo)
        for start in range(len(text) - SHORTEST_MEMO_NAME + 1):
            for plain, customer_id in self._starts.get(
                text[start : start + SHORTEST_MEMO_NAME], ()
            ):
                if text.startswith(plain, start):
                    yield Payer(customer_id, 0.5, Reason("payer_named_in_memo", {"name": plain}))
