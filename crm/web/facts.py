"""A record's facts, cut to what the viewer may see and change of single fields."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.db.models import Model

from crm.access import fields
from crm.access.viewer import current_viewer
from crm.people.enums import Right
from crm.web.components import Fact


def trimmed(record: Model, facts: Iterable[Fact]) -> list[Fact]:
    """Without the hidden ones; masked ones can be neither copied nor edited in place."""
    return list(_trim(record, facts))


def _trim(record: Model, facts: Iterable[Fact]) -> Iterator[Fact]:
    viewer, model = current_viewer(), type(record)
    for fact in facts:
        right = fields.right(viewer, model, fact.shows) if fact.shows else Right.WRITE
        if right == Right.WRITE:
            yield fact
        elif right == Right.READ:
            yield replace(fact, edit_url="")
        elif right == Right.MASKED:
            value = fields.shown(viewer, model, fact.shows, getattr(record, fact.shows))
            yield replace(fact, value=value, copy="", edit_url="")
