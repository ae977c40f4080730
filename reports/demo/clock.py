"""Moments of the demo's past year, and rows that may be as old as they claim."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pgtrigger
from django.db import connection, models
from django.utils import timezone

DAYS = 365


def working_moment(source: random.Random, start: datetime, end: datetime) -> datetime:
    """A moment between the two, on a working day between nine and six."""
    span = max(1, int((end - start).total_seconds()))
    moment = timezone.localtime(start + timedelta(seconds=source.randrange(span)))
    day = moment.date()
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    clock = time(source.randrange(9, 18), source.randrange(60), source.randrange(60))
    candidate = datetime.combine(day, clock, tzinfo=moment.tzinfo)
    return min(max(candidate, start), end)


def busy_moment(source: random.Random, now: datetime) -> datetime:
    """A moment of the past year; business grows, so later ones are likelier."""
    age = DAYS * (1 - source.random() ** 0.6)
    start = now - timedelta(days=age + 1)
    return working_moment(source, start, min(now, start + timedelta(days=1)))


@contextmanager
def as_written(*kinds: type[models.Model]) -> Iterator[None]:
    """Let rows keep the creation and change times they are given."""
    fields = [
        field
        for kind in kinds
        for field in kind._meta.local_concrete_fields
        if isinstance(field, models.DateTimeField | models.DateField)
        and (field.auto_now or field.auto_now_add)
    ]
    before = [(field, field.auto_now, field.auto_now_add) for field in fields]
    for field in fields:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in before:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add


@contextmanager
def without_history(kind: type[models.Model]) -> Iterator[None]:
    """Let rows be put into their final state without a trace of the way there.

    The same setting that `pgtrigger.ignore` makes, once for the block: its wrapper rewrites every
    statement and cannot cope with named parameters.
    """
    registered: Any = pgtrigger.registered()
    names = [
        spelling
        for model, trigger in registered
        if model is kind and trigger.name in {"update_update", "delete_delete"}
        for spelling in (
            trigger.get_pgid(model),
            f"{model._meta.db_table}:{trigger.get_pgid(model)}",
        )
    ]
    ignore("{" + ",".join(names) + "}")
    try:
        yield
    finally:
        ignore("")


def ignore(names: str) -> None:
    """Name the triggers that do not fire for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', nullif(%s, ''), true)", [names])


def put_in_state(record: models.Model, state: str) -> None:
    """Give a record the state it reached long ago; transitions are for what happens now."""
    record.__dict__["status"] = state


def write_back(records: Sequence[models.Model], names: Sequence[str]) -> None:
    """Update these fields row by row: much quicker than bulk_update's CASE over every row."""
    kind = type(records[0])
    fields: list[Any] = [kind._meta.get_field(name) for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    rows = [[*(getattr(one, f.attname) for f in fields), one.pk] for one in records]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{kind._meta.db_table}" SET {columns} WHERE id = %s', rows)  # noqa: S608
