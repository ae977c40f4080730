"""Working hours as they are stored and written: seven days, each a list of spans of the clock.

Stored: {"0": [["09:00", "12:00"], ["13:00", "18:00"]], …}, Monday is 0, days without spans are
left out. Written: "09:00-12:00 13:00-18:00". Plain Python.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from crm.people.working_time import Span, Week

StoredSpans = Sequence[Sequence[str]]
StoredWeek = Mapping[str, StoredSpans]

DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"(\d{1,2})[:：.](\d{2})")
_SPAN = re.compile(r"(\d{1,2}[:：.]\d{2})\s*[-–—~～至到]\s*(\d{1,2}[:：.]\d{2})")
_BETWEEN = re.compile(r"[\s,，;；、/]*")


class BadHours(ValueError):
    """What was written is no list of spans in their order."""


def usual_week() -> dict[str, list[list[str]]]:
    """Monday to Friday, nine to six with an hour at noon: what organisations start with."""
    return {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(5)}


def read_spans(text: str) -> list[Span]:
    """Spans as people write them; raises BadHours."""
    spans: list[Span] = []
    rest = text.strip()
    while rest:
        found = _SPAN.match(rest)
        if found is None:
            raise BadHours(text)
        spans.append((_minutes(found[1]), _minutes(found[2])))
        rest = rest[found.end() :]
        rest = rest[_BETWEEN.match(rest).end() :]  # type: ignore[union-attr]  # matches nothing too
    return checked(spans)


def checked(spans: Iterable[Span]) -> list[Span]:
    """The spans, if each ends after it starts and none overlaps the one before."""
    found = list(spans)
    last = 0
    for start, end in found:
        if not last <= start < end <= DAY_MINUTES:
            raise BadHours
        last = end
    return found


def write_spans(spans: Iterable[Span]) -> str:
    """The spans as people read them."""
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def store_spans(spans: Iterable[Span]) -> list[list[str]]:
    """The spans as they are kept."""
    return [[_clock(start), _clock(end)] for start, end in spans]


def load_spans(stored: StoredSpans) -> tuple[Span, ...]:
    """Kept spans as the engine wants them."""
    return tuple((_minutes(start), _minutes(end)) for start, end in stored)


def store_week(week: Sequence[Sequence[Span]]) -> dict[str, list[list[str]]]:
    """The week as it is kept."""
    return {str(day): store_spans(spans) for day, spans in enumerate(week) if spans}


def load_week(stored: StoredWeek) -> Week:
    """A kept week as the engine wants it."""
    return tuple(load_spans(stored.get(str(day), ())) for day in range(7))


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise BadHours(text)
    hours, minutes = int(found[1]), int(found[2])
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise BadHours(text)
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
