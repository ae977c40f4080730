"""History by triggers: every update and delete keeps the row as it was, who changed it and why.

The event holds the state *before* the change; the state after it is the next event's or the
row's own. An insert needs no event: the row itself is the state, `created_by` the author.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)
NO_FIELD: Any = None  # pghistory's stubs forget that a field may be left out


def tracked(model: type[M]) -> type[M]:
    """Class decorator: keep the history of this model's rows."""
    return _track(model)


def tracked_except(*fields: str) -> Callable[[type[M]], type[M]]:
    """The same without some columns, derived ones whose own sources are kept elsewhere."""
    return lambda model: _track(model, exclude=list(fields))


def _track(model: type[M], *, exclude: list[str] | None = None) -> type[M]:
    decorate: Any = pghistory.track(
        pghistory.UpdateEvent("update", row=pghistory.Old),
        pghistory.DeleteEvent("delete", row=pghistory.Old),
        context_field=pghistory.ContextJSONField(),
        context_id_field=NO_FIELD,
        obj_field=pghistory.ObjForeignKey(
            related_name="history", related_query_name="history", db_index=False
        ),
        meta={
            "indexes": [
                models.Index(
                    fields=["organization", "pgh_obj", "pgh_id"],
                    name=f"{model.__name__.lower()[:15]}_hist_idx",
                )
            ]
        },
        append_only=False,
        exclude=exclude,
    )
    return decorate(model)  # type: ignore[no-any-return]
