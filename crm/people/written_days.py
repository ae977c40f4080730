"""Days as people write or paste them: one a line, a date or from … to, off or worked, a name.

2027-02-05 ~ 2027-02-11 off Spring Festival
2027/2/14,班,春节调休
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crm.people.models import DayKind

LONGEST_DAYS = 60
MOST_DAYS = 400
OFF = ("off", "holiday", "休息日", "休息", "休假", "放假", "休")
WORKING = ("working", "worked", "work", "工作日", "上班", "补班", "调休", "班")
DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
LINE = re.compile(
    rf"^{DAY}(?:\s*(?:~|～|—|–|-|至|到|to)\s*{DAY})?[\s,，;；]+"
    rf"({'|'.join((*OFF, *WORKING))})(?:[\s,，;；]+(.*))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenDay:
    """One day that a line names."""

    date: date
    kind: DayKind
    name: str


class NotUnderstood(ValueError):
    """A line that is no day; `number` counts from one."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__(f"{number}: {line}")
        self.number, self.line = number, line


def read_days(text: str) -> list[WrittenDay]:
    """Every day of the text, the last line about a day counting; raises NotUnderstood."""
    found: dict[date, WrittenDay] = {}
    for number, line in enumerate(text.replace("\0", "").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found |= {one.date: one for one in _days_of(line.strip())}
        except ValueError as error:
            raise NotUnderstood(number, line.strip()[:80]) from error
        if len(found) > MOST_DAYS:
            raise NotUnderstood(number, line.strip()[:80])
    return [found[day] for day in sorted(found)]


def _days_of(line: str) -> Iterator[WrittenDay]:
    parts = LINE.match(line)
    if parts is None:
        raise ValueError(line)
    first = date(*map(int, parts.group(1, 2, 3)))
    last = date(*map(int, parts.group(4, 5, 6))) if parts.group(4) else first
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise ValueError(line)
    kind = DayKind.OFF if parts.group(7).lower() in OFF else DayKind.WORKING
    name = (parts.group(8) or "").strip(" ,，;；\t")[:80]
    for offset in range((last - first).days + 1):
        yield WrittenDay(first + timedelta(days=offset), kind, name)
