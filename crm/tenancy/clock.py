"""Days of the organisation as moments."""

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.tenancy.current import current_organization


def organization_zone() -> ZoneInfo:
    """The time zone in which the present organisation counts its days."""
    return ZoneInfo(current_organization().time_zone)


def organization_today() -> date:
    """The date where the organisation is."""
    return timezone.now().astimezone(organization_zone()).date()


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, tzinfo=organization_zone())


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return start_of(day + timedelta(days=1))


def last_day(moment: datetime | None, zone: tzinfo) -> date | None:
    """The day that ends at this moment, as it was asked for."""
    if moment is None:
        return None
    return (moment - timedelta(microseconds=1)).astimezone(zone).date()
