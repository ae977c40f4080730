"""Named periods of a list's date filter: half open days, the fiscal ones by the organisation."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

Days = tuple[date | None, date | None]


def periods(first_month: int = 1) -> list[tuple[str, str]]:
    """The periods on offer, as (name, words); fiscal ones where they are not the calendar's."""
    found = [
        ("today", _("Today")),
        ("week", _("This week")),
        ("month", _("This month")),
        ("quarter", _("This quarter")),
        ("year", _("This year")),
        ("last-week", _("Last week")),
        ("last-month", _("Last month")),
        ("last-quarter", _("Last quarter")),
        ("last-year", _("Last year")),
    ]
    fiscal = fiscal_periods()
    if first_month == 1:
        return found
    if first_month % 3 == 1:
        del fiscal["fiscal-quarter"]
    return found + list(fiscal.items())


def fiscal_periods() -> dict[str, str]:
    """The periods that follow the organisation's fiscal year, in words."""
    return {
        "fiscal-quarter": _("This fiscal quarter"),
        "fiscal-year": _("This fiscal year"),
        "last-fiscal-year": _("Last fiscal year"),
    }


def period(name: str, today: date, first_month: int = 1) -> Days:
    """The half-open days of a named period or of "2026-01-01..2026-01-31" (last day included)."""
    if ".." in name:
        first, _dots, last = name.partition("..")
        end = _parse(last)
        return _parse(first), end + timedelta(days=1) if end and end < date.max else None
    return _weeks(today).get(name) or _months(today, first_month).get(name) or (None, None)


def _weeks(today: date) -> dict[str, Days]:
    monday = today - timedelta(days=today.weekday())
    return {
        "today": (today, today + timedelta(days=1)),
        "week": (monday, monday + timedelta(days=7)),
        "last-week": (monday - timedelta(days=7), monday),
    }


def _months(today: date, first_month: int) -> dict[str, Days]:
    """Each begins with a month that so many months are counted from."""
    month, fiscal = today.replace(day=1), (today.month - first_month) % 12
    starts = {
        "month": (0, 1),
        "quarter": ((today.month - 1) % 3, 3),
        "year": (today.month - 1, 12),
        "fiscal-quarter": (fiscal % 3, 3),
        "fiscal-year": (fiscal, 12),
    }
    found: dict[str, Days] = {}
    for name, (months_ago, length) in starts.items():
        first = _next_months(month, -months_ago)
        found[name] = (first, _next_months(first, length))
        found[f"last-{name}"] = (_next_months(first, -length), first)
    return found


def _next_months(first: date, count: int) -> date:
    """The first day of the month so many months on."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _parse(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
