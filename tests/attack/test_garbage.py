"""Nobody gets a server error by typing nonsense into the address bar or a form."""

import base64
import json
import logging
import traceback
from functools import cache
from pathlib import Path

import pytest

from crm.tenancy.context import tenant_context
from crm.web.tables import Table
from tests.support.addresses import tenant_addresses
from tests.support.growth import World

VALUES = (
    "\x00",
    "9" * 30,
    "9" * 5_000,
    "-1",
    "²",
    "NaN",
    "Infinity",
    "1e999999",
    "9999-12-31..9999-12-31",
    "0001-01-01..0001-01-01",
    "..",
    "-",
    "'\"><script>alert(1)</script>",
    "\ud83d",
)
EDGES = ("9999-12-31", "0001-01-01", "NaN", "1e999999", "9" * 30, "sNaN")
CURSORS = (
    ["p", "x", 1],
    ["p", "\x00", 1],
    ["p", 10**40, 1],
    ["p", {"a": 1}, 1],
    ["p", [1], 1],
    ["p", True, 1],
    ["p", None, 10**40],
    ["n", "NaN", 1],
    ["n", "Infinity", 1],
    ["n", "1e400", 1],
    ["d", "2026-01-01", 1],
    ["t", "2026-01-01T00:00:00", 1],
    ["t", "0001-01-01T00:00:00+14:00", 1],
    ["p", "2026", -5],
)
PLAIN_KEYS = ("q", "sort", "after", "before", "page", "panel", "line", "state", "band", "mode",
              "find", "customer", "stage", "bucket", "owner", "op", "only", "customer_text",
              "period", "month", "next")  # fmt: skip


def tables() -> list[type[Table]]:
    """Every list of the product."""
    found: list[type[Table]] = []
    waiting = list(Table.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found.append(one)
    return found


@cache
def keys() -> list[str]:
    """Every word a page may read from its address."""
    return sorted({*PLAIN_KEYS, *(one.key for table in tables() for one in table.filters)})


@cache
def sorts() -> list[str]:
    return sorted(
        {
            column.sort
            for table in tables()
            for column in getattr(table, "columns", ())
            if column.sort
        }
    )


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=") + ".00"


def pages() -> list[str]:
    return [
        address.path
        for address in tenant_addresses()
        if "987654321" not in address.path and address.name not in ("web:live",)
    ]


@pytest.fixture
def browser(cast, sign_in):
    with tenant_context(cast.organization.id):
        World(cast).grow(2)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    found = sign_in(cast.owner)
    found.raise_request_exception = False
    return found


def note(answer, asked: str, failures: list[str]) -> None:
    """Keep what failed, and where in our code."""
    if answer.status_code < 500:
        return
    _kind, error, trace = answer.exc_info
    ours = [one for one in traceback.extract_tb(trace) if "site-packages" not in one.filename]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    failures.append(f"{asked}: {type(error).__name__} {str(error)[:80]!r} {place}")


def ask(browser, path: str, parameters: dict[str, str], failures: list[str]) -> None:
    shown = str(sorted(set(parameters.values()))[0])[:30]
    note(browser.get(f"/acme/{path}", parameters), f"GET {path} {shown!r}", failures)


@pytest.mark.slow
def test_no_address_breaks_a_page(browser):
    failures: list[str] = []
    for path in pages():
        try_words(browser, path, failures)
    assert not failures, "\n".join(failures)


def is_list(browser, path: str) -> bool:
    """Whether the page shows a table: others read neither cursors nor the ends of filters."""
    return b'data-table="' in browser.get(f"/acme/{path}").content


def try_words(browser, path, failures):
    """Every word the page may read, with every nonsense; all keys at once."""
    for value in VALUES:
        text = value.encode("utf-8", "replace").decode()
        ask(browser, path, dict.fromkeys(keys(), text), failures)
    for edge in EDGES if is_list(browser, path) else EDGES[:1]:
        for end in ("from", "to"):
            names = [f"{key}-{end}" for key in keys()]
            ask(browser, path, dict.fromkeys(names, edge), failures)


LISTS = [path for path in pages() if path.rstrip("/").split("/")[-1] != "new"]


@pytest.mark.slow
def test_a_forged_cursor_shows_a_page(browser):
    failures: list[str] = []
    for path in LISTS:
        try_cursors(browser, path, failures)
    assert not failures, "\n".join(failures)


def try_cursors(browser, path, failures):
    """Cursors that do not belong to the order of the list."""
    answer = browser.get(f"/acme/{path}")
    is_table = b'data-table="' in answer.content
    for value in CURSORS if is_table else CURSORS[:2]:
        for way in ("after", "before"):
            ask(browser, path, {way: cursor(value)}, failures)
    if is_table:
        for sort in sorts():
            if f"sort={sort}".encode() not in answer.content.replace(b"sort=-", b"sort="):
                continue
            for value in CURSORS:
                ask(browser, path, {"after": cursor(value), "sort": sort}, failures)


POSTED = {
    "ids": ["9" * 30, "9" * 5_000, "\x00", "1"],
    "go": "1", "name": "\x00", "page": "\x00", "query": "q=\x00", "columns": "\x00",
    "customer": "x", "opportunity": "x", "token": "x:\x00", "record": "lead:" + "9" * 5_000,
    "phone": "\x00", "company_name": "\x00", "email": "\x00", "line": "9" * 30, "product": "9" * 30,
    "next": "\x00", "language": "\x00", "theme": "\x00", "title": "\x00", "owner": "9" * 30,
    "member": "9" * 30, "stage": "9" * 30, "before": "9" * 5_000, "version": "9" * 5_000,
    "quantity": "1e30", "amount": "NaN", "due_at": "9999-12-31T23:59", "channel": "\x00",
    "q": "\x00", "verdict": "\x00", "comment": "\x00", "reason": "\x00", "note": "\x00",
}  # fmt: skip


@pytest.mark.slow
def test_no_form_breaks_a_page(browser):
    failures: list[str] = []
    for address in tenant_addresses():
        try_forms(browser, f"/acme/{address.path}", failures)
    assert not failures, "\n".join(failures)


def try_forms(browser, path, failures):
    """Posted nonsense."""
    for posted in (
        POSTED,
        POSTED | {"all": "1"},
        dict.fromkeys(POSTED, "9" * 30),
        dict.fromkeys(POSTED, "x"),
        {"name": "x", "page": "x", "query": "\x00"},
    ):
        note(browser.post(path, posted), f"POST {path}", failures)
