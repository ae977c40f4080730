"""Unique, gap-tolerant numbers people can read over the phone: L26-000123."""

from django.db import connection
from django.utils import timezone

from crm.tenancy.context import current_organization_id

# One row lock for a short moment; a rolled-back transaction gives its numbers back.
TAKE = """
    INSERT INTO tenancy_numberseries (organization_id, code, last) VALUES (%s, %s, %s)
    ON CONFLICT (organization_id, code)
    DO UPDATE SET last = tenancy_numberseries.last + EXCLUDED.last RETURNING last
"""


def take_numbers(prefix: str, count: int = 1) -> list[str]:
    """The next `count` numbers of this year's series, e.g. take_numbers("L")."""
    series = f"{prefix}{timezone.localdate():%y}"
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [current_organization_id(), series, count])
        last: int = cursor.fetchone()[0]
    return [f"{series}-{number:06d}" for number in range(last - count + 1, last + 1)]


def take_number(prefix: str) -> str:
    """The next number of this year's series."""
    return take_numbers(prefix)[0]
