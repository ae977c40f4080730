"""The limit of P4: the same list page by hand, raw SQL and f-strings, without a framework.

`SignedInPage` does all the work that a page must do: session, person, tenant, record rights, the
rows, the capped count, the product's frame. `NakedPage` does nothing but fetch and write rows.
The frame around the rows is a constant, taken once from the real page.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.core import signing

from crm.places import Province
from leads.enums import Channel, LeadStatus
from leads.words import LEAD_COLOURS

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Row = Sequence[Any]

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
PERSON = """
    SELECT set_config('app.organization', o.id::text, true), o.id, u.language, u.time_zone, u.theme
    FROM people_user u, tenancy_organization o
    WHERE u.id = %s AND u.is_active AND o.slug = %s
      AND o.suspended_at IS NULL AND o.delete_after IS NULL
"""
RIGHTS = """
    SELECT m.id, m.department_id, array_agg(r.grants),
           (SELECT array_agg(d.id) FROM people_department d WHERE m.department_id = ANY (d.path))
    FROM people_member m
    JOIN people_memberrole h ON h.member_id = m.id JOIN people_role r ON r.id = h.role_id
    WHERE m.user_id = %s AND m.is_active GROUP BY m.id
"""
COLUMNS = """
    SELECT l.id, l.company_name, l.contact_name, l.phone, l.status, l.channel, l.province,
           m.name, l.owner_id, l.next_step, l.next_step_at, l.updated_at
    FROM leads_lead l LEFT JOIN people_member m ON m.id = l.owner_id
"""
REACHED = "(l.owner_id = %(me)s OR l.department_id = ANY (%(tree)s))"
ROWS = f"{COLUMNS} WHERE {REACHED} ORDER BY l.id DESC LIMIT 26"
COUNT = f"SELECT count(*) FROM (SELECT FROM leads_lead l WHERE {REACHED} LIMIT 1001) AS found"
WHO = """
    SELECT m.id, m.organization_id,
           (SELECT array_agg(d.id) FROM people_department d WHERE m.department_id = ANY (d.path))
    FROM people_member m JOIN people_user u ON u.id = m.user_id WHERE u.email = %s
"""
NAKED = f"{COLUMNS} WHERE l.organization_id = %(organization)s AND {REACHED}"
NAKED = f"{NAKED} ORDER BY l.id DESC LIMIT 26"

PLACES = {value: str(label) for value, label in Province.choices}
CHANNELS = {value: str(label) for value, label in Channel.choices}
WEEKDAYS = "一二三四五六日"


class Cells:
    """The cells of the list in Chinese, as fast as Python writes them."""

    def __init__(self) -> None:
        self.zone = ZoneInfo("Asia/Shanghai")
        self.badges = {
            value: f'<span class="tz-badge tz-{LEAD_COLOURS[value]}"><i class="tz-dot"></i>'
            f"{label}</span>"
            for value, label in LeadStatus.choices
        }

    def rows(self, rows: Iterable[Row]) -> str:
        now = datetime.now(UTC)
        return "".join([self.row(row, now) for row in rows])

    def row(self, row: Row, now: datetime) -> str:
        pk, company, contact, phone, status, channel, province, owner, owner_id, step, due, at = row
        hue = crc32(str(owner_id).encode()) % 10
        digits = phone.removeprefix("+86")
        return (
            f'<tr data-id="{pk}" class="">'
            f'<td class="tz-col"><a href="/x/leads/{pk}/" class="tz-row-link" data-drawer>'
            f'{escape(company)}</a></td><td class="tz-col">{escape(contact)}</td>'
            f'<td class="tz-col"><a class="tz-phone" href="tel:{phone}">'
            f"{digits[:3]} {digits[3:7]} {digits[7:]}</a></td>"
            f'<td class="tz-col">{self.badges[status]}</td>'
            f'<td class="tz-col">{CHANNELS[channel]}</td><td class="tz-col">{PLACES[province]}</td>'
            f'<td class="tz-col"><span class="tz-person"><span class="tz-avatar tz-hue-{hue}"'
            f' aria-hidden="true">{escape(owner[-2:])}</span><span>{escape(owner)}</span></span>'
            f'</td><td class="tz-col">{escape(step)}</td>'
            f'<td class="tz-col">{self.due(due, now)}</td>'
            f'<td class="tz-col">{self.moment(at, now)}</td></tr>'
        )

    def day(self, there: datetime, now: datetime) -> str:
        if there.year == now.astimezone(self.zone).year:
            return f"{there.month}月{there.day}日"
        return f"{there.year}年{there.month}月{there.day}日"

    def due(self, value: datetime | None, now: datetime) -> str:
        if value is None:
            return "—"
        there = value.astimezone(self.zone)
        days = (there.date() - now.astimezone(self.zone).date()).days
        near = {-1: "昨天", 0: "今天", 1: "明天"}.get(days)
        day = near or f"周{WEEKDAYS[there.weekday()]} {self.day(there, now)}"
        late = ' class="tz-late"' if value < now else ""
        clock = f"{day} {there.hour:02}:{there.minute:02}"
        return f'<time datetime="{there.isoformat()}" title="{there}"{late}>{clock}</time>'

    def moment(self, value: datetime, now: datetime) -> str:
        seconds = int((now - value).total_seconds())
        there = value.astimezone(self.zone)
        if seconds >= 7 * 86_400:
            shown = self.day(there, now)
        elif seconds >= 86_400:
            shown = f"{seconds // 86_400} 天前"
        elif seconds >= 3_600:
            shown = f"{seconds // 3_600} 小时前"
        else:
            shown = f"{seconds // 60} 分钟前" if seconds >= 60 else "刚刚"
        return f'<time datetime="{there.isoformat()}" title="{there}">{shown}</time>'


class SignedInPage:
    """A WSGI application: everything a page must do, by hand."""

    def __init__(self, dsn: str, page: str) -> None:
        self.connection = connect(dsn)
        self.head, self.tail = frame_of(page)
        self.cells = Cells()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        slug = environ["PATH_INFO"].split("/")[1]
        found = re.search(r"sessionid=(\w+)", environ["HTTP_COOKIE"])
        assert found is not None
        rows, count = self.read(slug, found[1])
        shown = "1,000+" if count > 1000 else f"{count:,}"
        html = f"{self.head.replace('@count@', shown)}{self.cells.rows(rows)}{self.tail}"
        return answer(start_response, html)

    def read(self, slug: str, session_key: str) -> tuple[list[Row], int]:
        """The rows and how many there are, for who is signed in."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            stored = cursor.execute(SESSION, [session_key]).fetchone()
            assert stored is not None
            user_id = signing.loads(
                stored[0], salt="django.contrib.sessions.SessionStore",
                serializer=signing.JSONSerializer,
            )["_auth_user_id"]  # fmt: skip
            assert cursor.execute(PERSON, [user_id, slug]).fetchone()
            member = cursor.execute(RIGHTS, [user_id]).fetchone()
            assert member is not None
            rights = {"me": member[0], "tree": member[3]}
            rows = cursor.execute(ROWS, rights).fetchall()
            counted = cursor.execute(COUNT, rights).fetchone()
        assert counted is not None
        return rows[:25], counted[0]


class NakedPage:
    """A WSGI application: one query with an explicit WHERE, one f-string, nothing else."""

    def __init__(self, dsn: str, page: str, *, email: str) -> None:
        self.connection = connect(dsn)
        self.connection.autocommit = True
        self.head, self.tail = frame_of(page)
        self.cells = Cells()
        found = self.connection.execute(WHO, [email]).fetchone()
        assert found is not None
        self.rights = dict(zip(("me", "organization", "tree"), found, strict=True))

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        with self.connection.cursor() as cursor:
            rows = cursor.execute(NAKED, self.rights).fetchall()[:25]
        return answer(start_response, f"{self.head}{self.cells.rows(rows)}{self.tail}")


def connect(dsn: str) -> psycopg.Connection[Any]:
    """A connection with the planner's settings of our own."""
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    return psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor, options=options)


def frame_of(page: str) -> tuple[str, str]:
    """What stands before and after the rows of the real page."""
    head, _tag, rest = page.partition("<tbody>")
    _rows, _tag, tail = rest.partition("</tbody>")
    return f"{head}<tbody>", f"</tbody>{tail}"


def answer(start_response: StartResponse, html: str) -> list[bytes]:
    body = html.encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "private, no-store"),
    ]
    start_response("200 OK", headers)
    return [body]
