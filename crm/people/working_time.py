"""Working time: whether somebody works at a moment, and how much time lies between two.

Plain Python: no Django, no database. Hours are told by the wall clock of one time zone; sums are
made of real time, so the hour that a change of the clock takes away or gives twice counts as it
passes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Span = tuple[int, int]  # minutes since midnight on the wall clock; the end may be 1440
Spans = tuple[Span, ...]
Week = tuple[Spans, ...]  # seven, Monday first
Stretch = tuple[datetime, datetime]  # two instants in UTC

DAY = timedelta(days=1)
# So long without an hour of work means that there never is one.
LONGEST_REST = 4 * 366


class NoWorkingTime(ValueError):
    """The calendar has no working hours to count in."""


def no_exception(day: date) -> Spans | None:
    """A calendar without special days."""
    return None


@dataclass(frozen=True)
class WorkingTime:
    """A week of hours in a time zone; `exception(day)` gives a special day's hours, or None."""

    zone: ZoneInfo
    week: Week
    exception: Callable[[date], Spans | None] = field(default=no_exception)

    def spans_on(self, day: date) -> Spans:
        """The hours of one day by the wall clock."""
        special = self.exception(day)
        return self.week[day.weekday()] if special is None else special

    def is_working_day(self, day: date) -> bool:
        """Whether there is any work on this day."""
        return bool(self.spans_on(day))

    def stretches(self, day: date) -> list[Stretch]:
        """The hours of one day as instants, in order, none overlapping."""
        found: list[Stretch] = []
        for opening, closing in self.spans_on(day):
            start = _instant(self.zone, day, opening, 0)
            end = _instant(self.zone, day, closing, 1)
            if found:
                start = max(start, found[-1][1])
            if start < end:
                found.append((start, end))
        return found

    def is_working(self, at: datetime) -> bool:
        """Whether the moment lies in working hours; their end does not."""
        moment = at.astimezone(UTC)
        found = self.stretches(at.astimezone(self.zone).date())
        place = bisect_right(found, moment, key=lambda one: one[0])
        return place > 0 and moment < found[place - 1][1]

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """How many seconds of work lie between two moments; 0 if the second is not later."""
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        if last <= first:
            return 0.0
        total = timedelta()
        for opening, closing in self._from(first, until=last):
            total += min(closing, last) - max(opening, first)
        return total.total_seconds()

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment at which so much work has passed; raises NoWorkingTime, ValueError."""
        if duration < timedelta():
            raise ValueError("Working time is only added")
        moment, left = start.astimezone(UTC), duration
        if not left:
            return start
        for opening, closing in self._from(moment):
            begin = max(opening, moment)
            if closing - begin >= left:
                return (begin + left).astimezone(start.tzinfo)
            left -= closing - begin
        raise NoWorkingTime("No working hours to add the time in")

    def next_working_moment(self, at: datetime) -> datetime:
        """The moment itself in working hours, otherwise when work begins again."""
        moment = at.astimezone(UTC)
        for opening, _closing in self._from(moment):
            return max(opening, moment).astimezone(at.tzinfo)
        raise NoWorkingTime("No working hours to wait for")

    def _from(self, moment: datetime, until: datetime | None = None) -> Iterator[Stretch]:
        """Stretches that end after `moment`, in order, those beginning before `until` if given."""
        # the day before too: its last hours may reach past midnight elsewhere on the clock
        day, rest = moment.astimezone(self.zone).date() - DAY, 0
        end_day = until.astimezone(self.zone).date() + DAY if until else None
        before = moment
        while rest <= LONGEST_REST and (end_day is None or day <= end_day):
            rest += 1
            for opening, closing in self.stretches(day):
                opening = max(opening, before)
                if closing <= opening or (until is not None and opening >= until):
                    continue
                before, rest = closing, 0
                yield opening, closing
            if day >= date.max - DAY:
                return
            day += DAY


@lru_cache(maxsize=4_096)
def _instant(zone: ZoneInfo, day: date, minutes: int, fold: int) -> datetime:
    """A wall-clock time as an instant: of a repeated hour the first for fold 0, else the last."""
    day, minutes = (day + DAY, 0) if minutes == 24 * 60 else (day, minutes)
    clock = time(minutes // 60, minutes % 60, fold=fold)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
