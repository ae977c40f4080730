"""Bring the schema up to date, in a third of Django's time.

Django renders a model and all its relatives anew after each operation of a migration; here every
model is a relative, by way of the organisation. For an index, a constraint or a trigger only a
list in the model's Meta changes, and that is all that is changed here. For other operations the
model itself is rendered, and the whole once more before code of our own (RunPython) looks at it:
a third of the time for the first run, with the same SQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.management import call_command
from django.db import connections
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# One number for all installations that share a database: two of them must not migrate at once.
MIGRATION_LOCK = 7_204_119


def migrate(*, database: str = "owner", verbosity: int = 1) -> None:
    """Apply all migrations; a second migration of the same database waits."""
    with connections[database].cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with light_rendering():
            call_command("migrate", database=database, interactive=False, verbosity=verbosity)
        cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])


@contextmanager
def light_rendering() -> Iterator[None]:
    """Within: an operation renders its own model at most, never the relatives."""
    # Internals of both packages: tests/crm/embedded/test_schema.py notices a change.
    state, trigger = cast("Any", ProjectState), cast("Any", AddTrigger)
    saved = state._append_option, state._find_reload_model, trigger.state_forwards
    state._append_option, trigger.state_forwards = _append_option, _add_trigger
    state._find_reload_model = _itself
    try:
        yield
    finally:
        state._append_option, state._find_reload_model, trigger.state_forwards = saved


def _itself(
    self: Any, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    """What to render after a change of a model; the relatives wait until code asks for them."""
    self.is_delayed = True
    return {(app_label, model_name)}


def _append_option(
    self: ProjectState, app_label: str, model_name: str, option_name: str, item: Any
) -> None:
    """Add to a list in the model's options, and to the model where one is rendered."""
    model_state = self.models[app_label, model_name]
    grown = [*model_state.options.get(option_name, []), item]
    model_state.options[option_name] = grown
    if "apps" in self.__dict__:
        setattr(self.apps.get_model(app_label, model_name)._meta, option_name, grown)


def _add_trigger(self: AddTrigger, app_label: str, state: ProjectState) -> None:
    """What pgtrigger does, less the rendering."""
    _append_option(state, app_label, self.model_name.lower(), "triggers", self.trigger)
