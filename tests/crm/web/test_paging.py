"""Keyset paging shows every row once, in order, forwards and backwards, also with unknowns."""

from itertools import groupby
from operator import itemgetter

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.web.tables.paging import Cursor, Order, capped_count, read_page

ORDERS = [
    Order(path="pk"),
    Order(path="pk", descending=True),
    Order(path="capacity"),
    Order(path="capacity", descending=True),
    Order(path="title"),
    Order(path="joined_at", descending=True),
    Order(path="department__name", nullable=True),
    Order(path="department__name", descending=True, nullable=True),
    Order(path="department__name", nullable=True, newest=True),
    Order(path="capacity", descending=True, newest=False),
]


def expected(order: Order) -> list[int]:
    """The same order by plain Python: unknown last, ties by id (the way of the column, or said)."""
    key = "pk" if order.path == "pk" else order.path
    rows = list(Member.objects.values("pk", *({key} - {"pk"})))
    known = [row for row in rows if row[key] is not None]
    unknown = [row for row in rows if row[key] is None]
    for part in (known, unknown):
        part.sort(key=lambda row: row["pk"], reverse=order.ids_fall)
    known.sort(key=lambda row: row[key])
    if order.descending:  # a stable sort, turned round, turns the ties round
        known = [row for _value, tied in groupby(known, itemgetter(key)) for row in [*tied][::-1]]
        known.reverse()
    return [row["pk"] for row in (*known, *unknown)]


def walk(order: Order, size: int, *, start: str, step: str) -> list[list[int]]:
    """Every page, following the links of one direction."""
    pages, query = [], start
    for _page in range(100):
        page = read_page(
            Member.objects.all(), order=order, fields=["name"], size=size, address=QueryDict(query)
        )
        pages.append([row["pk"] for row in page.rows])
        cursor = page.next if step == "after" else page.previous
        if not cursor:
            return pages
        query = f"{step}={cursor}"
    raise AssertionError("paging does not end")


@pytest.mark.parametrize("order", ORDERS, ids=str)
@limits(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pages_join_to_the_whole_list(cast, order, data):
    with tenant_context(cast.organization.id):
        members = list(Member.objects.order_by("pk"))
        for member in members:
            member.capacity = data.draw(st.integers(0, 3))
            member.title = data.draw(st.sampled_from(["", "甲", "乙", "Z"]))
            member.department_id = data.draw(
                st.sampled_from([None, *(one.pk for one in cast.departments.values())])
            )
        Member.objects.bulk_update(members, ["capacity", "title", "department_id"])
        size = data.draw(st.integers(1, 5))
        # The database collates text by code point, as Python does.
        wanted = expected(order)
        forward = walk(order, size, start="", step="after")
        backward = walk(order, size, start="page=last", step="before")
        assert [pk for page in forward for pk in page] == wanted
        assert [pk for page in reversed(backward) for pk in page] == wanted


def test_a_damaged_cursor_shows_the_first_page(tenant):
    for text in ("x", "AAAA", "W10", "%%%", "eyJhIjoxfQ"):
        assert Cursor.decode(text) is None
    page = read_page(
        Member.objects.all(),
        order=Order(path="pk"),
        fields=["name"],
        size=2,
        address=QueryDict("after=nonsense"),
    )
    assert len(page.rows) == 2
    assert page.previous == ""


def test_a_count_stops_one_past_its_cap(tenant):
    assert capped_count(Member.objects.all(), cap=3) == 4
    assert capped_count(Member.objects.all(), cap=50) == Member.objects.count()
