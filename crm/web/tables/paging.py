"""Keyset paging: pages are cut after a row, not after a count, so page 40,000 costs as much as 1.

The order is (sort column, id). Rows whose sort value is unknown come last in both directions.
A cursor holds the last row's sort value and id; "before" walks the same order backwards.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

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

    def reversed(self) -> "Order":
        return Order(path=self.path, descending=not self.descending, nullable=self.nullable)

    def apply(self, queryset: QuerySet[Any], *, nulls_first: bool = False) -> QuerySet[Any]:
        """Sort; unknown values last (or first, when a page is read backwards)."""
        if self.path == "pk":
            return queryset.order_by("-pk" if self.descending else "pk")
        options = {}
        if self.nullable:
            options = {"nulls_first": True} if nulls_first else {"nulls_last": True}
        path = F(self.path)
        ordering = path.desc(**options) if self.descending else path.asc(**options)
        return queryset.order_by(ordering, "-pk" if self.descending else "pk")

    def after(self, queryset: QuerySet[Any], cursor: "Cursor") -> QuerySet[Any]:
        """The rows that come after the cursor in this order, unknown values last."""
        later_id = Q(pk__lt=cursor.pk) if self.descending else Q(pk__gt=cursor.pk)
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
            earlier_id = Q(pk__lt=cursor.pk) if back.descending else Q(pk__gt=cursor.pk)
            unknown = Q(**{f"{self.path}__isnull": True})
            return queryset.filter(~unknown | (unknown & earlier_id))
        return Order(path=self.path, descending=back.descending).after(queryset, cursor)

    def _later(self, cursor: "Cursor") -> Any:
        lookup = TupleLessThan if self.descending else TupleGreaterThan
        return lookup(Tuple(F(self.path), F("pk")), (cursor.value, cursor.pk))


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The row a page starts after."""

    value: Any
    pk: int

    @classmethod
    def of(cls, row: Row, order: Order) -> "Cursor":
        return cls(value=None if order.path == "pk" else row[order.path], pk=row["pk"])

    def encode(self) -> str:
        """A short word for the address bar."""
        payload = json.dumps([*_pack(self.value), self.pk], ensure_ascii=False, default=str)
        return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor | None":
        """The cursor in the address, or None when it is damaged (the first page is shown then)."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            kind, value, pk = json.loads(raw)
            return cls(value=None if value is None else KINDS[kind](value), pk=int(pk))
        except (ValueError, TypeError, KeyError, ArithmeticError, binascii.Error):
            return None


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
    wanted = {"pk", *fields} | ({order.path} if order.path != "pk" else set())
    values = queryset.values(*sorted(wanted))
    before = Cursor.decode(address.get("before", "")) if address.get("before") else None
    if before or address.get("page") == "last":
        source = order.before(values, before) if before else values
        rows = list(order.reversed().apply(source, nulls_first=True)[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return _page(rows, order, has_next=before is not None, has_previous=more)
    after = Cursor.decode(address.get("after", "")) if address.get("after") else None
    source = order.after(values, after) if after else values
    rows = list(order.apply(source)[: size + 1])
    return _page(rows[:size], order, has_next=len(rows) > size, has_previous=after is not None)


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
