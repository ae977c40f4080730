"""Keyset paging: pages are cut after a row, not after a count, so page 40,000 costs as much as 1.

The order is (sort column, id). Rows whose sort value is unknown come last in both directions; where
`newest` is said they, and those of one value, come the latest first whichever way the column goes.
A cursor holds the last row's sort value and id; "before" walks the same order backwards. It is
signed for its order, so that a value of another kind never reaches the database.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.crypto import constant_time_compare, salted_hmac

Row = Mapping[str, Any]
KINDS: dict[str, Any] = {
    "d": date.fromisoformat,
    "t": datetime.fromisoformat,
    "n": Decimal,
    "p": lambda value: value,
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """The order of a list: one field path, its direction, then the id."""

    path: str
    descending: bool = False
    nullable: bool = False
    # whether the ids fall; None where they go as the column goes
    newest: bool | None = None

    @property
    def ids_fall(self) -> bool:
        return self.descending if self.newest is None else self.newest

    def reversed(self) -> "Order":
        newest = None if self.newest is None else not self.newest
        return replace(self, descending=not self.descending, newest=newest)

    def apply(self, queryset: QuerySet[Any], *, nulls_first: bool = False) -> QuerySet[Any]:
        """Sort; unknown values last (or first, when a page is read backwards)."""
        if self.path == "pk":
            return queryset.order_by("-pk" if self.descending else "pk")
        options = {}
        if self.nullable:
            options = {"nulls_first": True} if nulls_first else {"nulls_last": True}
        path = F(self.path)
        ordering = path.desc(**options) if self.descending else path.asc(**options)
        return queryset.order_by(ordering, "-pk" if self.ids_fall else "pk")

    def after(self, queryset: QuerySet[Any], cursor: "Cursor") -> QuerySet[Any]:
        """The rows that come after the cursor in this order, unknown values last."""
        later_id = self._later_id(cursor)
        if self.path == "pk":
            return queryset.filter(later_id)
        if cursor.value is None:
            return queryset.filter(Q(**{f"{self.path}__isnull": True}) & later_id)
        later = self._later(cursor)
        if self.nullable:
            return queryset.filter(Q(later) | Q(**{f"{self.path}__isnull": True}))
        return queryset.filter(later)

    def before(self, queryset: QuerySet[Any], cursor: "Cursor") -> QuerySet[Any]:
        """The rows that come before the cursor in this order."""
        back = self.reversed()
        if self.path != "pk" and cursor.value is None:
            unknown = Q(**{f"{self.path}__isnull": True})
            return queryset.filter(~unknown | (unknown & back._later_id(cursor)))
        return replace(back, nullable=False).after(queryset, cursor)

    def _later_id(self, cursor: "Cursor") -> Q:
        return Q(pk__lt=cursor.pk) if self.ids_fall else Q(pk__gt=cursor.pk)

    def _later(self, cursor: "Cursor") -> Any:
        if self.ids_fall != self.descending:
            further = f"{self.path}__{'lt' if self.descending else 'gt'}"
            same = Q(**{self.path: cursor.value})
            return Q(**{further: cursor.value}) | (same & self._later_id(cursor))
        lookup = TupleLessThan if self.descending else TupleGreaterThan
        return lookup(Tuple(F(self.path), F("pk")), (cursor.value, cursor.pk))


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The row a page starts after."""

    value: Any
    pk: int
    path: str = "pk"

    @classmethod
    def of(cls, row: Row, order: Order) -> "Cursor":
        value = None if order.path == "pk" else row[order.path]
        return cls(value=value, pk=row["pk"], path=order.path)

    def encode(self) -> str:
        """A short word for the address bar."""
        payload = json.dumps([*_pack(self.value), self.pk], ensure_ascii=False, default=str)
        word = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
        return f"{word}.{_seal(word, self.path)}"

    @classmethod
    def decode(cls, text: str, path: str = "pk") -> "Cursor | None":
        """The cursor in the address, or None when it is damaged or of another order.

        The first page is shown then.
        """
        word, _dot, seal = text.partition(".")
        if not constant_time_compare(seal, _seal(word, path)):
            return None
        try:
            raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
            kind, value, pk = json.loads(raw)
            known = None if value is None else KINDS[kind](value)
            return cls(value=known, pk=int(pk), path=path)
        except (ValueError, TypeError, KeyError, ArithmeticError, binascii.Error):
            return None


def _seal(word: str, path: str) -> str:
    return salted_hmac(f"tables.cursor.{path}", word, algorithm="sha256").hexdigest()[:16]


def _pack(value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return "t", value.isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, Decimal):
        return "n", str(value)
    return "p", value


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows, with the cursors of its neighbours ('' = there is none)."""

    rows: Sequence[Row]
    next: str = ""
    previous: str = ""


def read_page(
    queryset: QuerySet[Any],
    *,
    order: Order,
    fields: Sequence[str],
    size: int,
    address: Mapping[str, str],
) -> Page:
    """Read the page that `after`, `before` or `page=last` in the address asks for."""
    wanted = sorted({"pk", *fields} | ({order.path} if order.path != "pk" else set()))
    before = Cursor.decode(address["before"], order.path) if address.get("before") else None
    if before or address.get("page") == "last":
        source = order.before(queryset, before) if before else queryset
        rows = _read(source, order.reversed(), wanted, size + 1, nulls_first=True)
        more, rows = len(rows) > size, rows[:size][::-1]
        return _page(rows, order, has_next=before is not None, has_previous=more)
    after = Cursor.decode(address["after"], order.path) if address.get("after") else None
    source = order.after(queryset, after) if after else queryset
    rows = _read(source, order, wanted, size + 1)
    return _page(rows[:size], order, has_next=len(rows) > size, has_previous=after is not None)


def _read(
    source: QuerySet[Any], order: Order, wanted: Sequence[str], count: int, **nulls: bool
) -> list[Row]:
    """The first rows in this order; where rows of other tables belong to them, the ids first.

    Under row-level security the planner takes each inner join for a further choice among the rows,
    expects next to none, and reads and sorts them all instead of walking the index.
    """
    found = order.apply(source, **nulls)
    if _has_inner_join(source, wanted):
        ids = found.values("pk")[:count]
        found = order.apply(source.filter(pk__in=ids), **nulls)
    return list(found.values(*wanted)[:count])


def _has_inner_join(source: QuerySet[Any], paths: Sequence[str]) -> bool:
    names = {path.partition("__")[0] for path in paths if "__" in path}
    known = {field.name: field for field in source.model._meta.concrete_fields}
    return any(name in known and not known[name].null for name in names)


def _page(rows: Sequence[Row], order: Order, *, has_next: bool, has_previous: bool) -> Page:
    if not rows:
        return Page(rows=rows)
    return Page(
        rows=rows,
        next=Cursor.of(rows[-1], order).encode() if has_next else "",
        previous=Cursor.of(rows[0], order).encode() if has_previous else "",
    )


def capped_count(queryset: QuerySet[Any], *, cap: int) -> int:
    """How many rows there are, counting no further than one past the cap."""
    return queryset.order_by()[: cap + 1].count()
