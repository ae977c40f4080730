"""Migrating with light rendering leaves the same state behind as Django's own way."""

import pytest
from django.apps import apps
from django.db import connections, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from crm.embedded.schema import light_rendering


def project_state() -> ProjectState:
    return MigrationLoader(None).project_state()


def test_the_state_is_the_same_as_djangos_own() -> None:
    plain = project_state()
    with light_rendering():
        light = project_state()

    assert MigrationAutodetector(plain, light)._detect_changes() == {}
    assert {key: state.options for key, state in plain.models.items()} == {
        key: state.options for key, state in light.models.items()
    }


def test_a_rendered_model_hears_of_its_new_index_and_its_relatives_stay() -> None:
    state = project_state()
    model = state.apps.get_model("people", "member")
    index = state.models["people", "member"].options["indexes"][0].clone()
    index.name = "one_more"
    with light_rendering():
        state.add_index("people", "member", index)

    assert state.apps.get_model("people", "member") is model
    assert index in model._meta.indexes
    assert index in state.models["people", "member"].options["indexes"]


def test_code_in_a_migration_sees_a_new_column_through_a_relation() -> None:
    state = project_state()
    assert state.apps.get_model("people", "member")
    with light_rendering():
        state.add_field("tenancy", "organization", "motto", models.TextField(), True)
    before = state.apps.get_model("people", "member")
    state.clear_delayed_apps_cache()  # what RunPython does first
    after = state.apps.get_model("people", "member")

    assert not has_field(before._meta.get_field("organization").related_model, "motto")
    assert has_field(after._meta.get_field("organization").related_model, "motto")


def has_field(model: type[models.Model], name: str) -> bool:
    return name in {field.name for field in model._meta.get_fields()}


def test_outside_nothing_is_changed() -> None:
    before = ProjectState._append_option
    with pytest.raises(RuntimeError), light_rendering():
        raise RuntimeError
    assert ProjectState._append_option is before


@pytest.mark.django_db
def test_the_test_database_has_every_index_of_every_model() -> None:
    """The template is built by light rendering, so this compares its result with the models."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where schemaname = 'public'")
        found = {name for (name,) in cursor.fetchall()}
        cursor.execute("select conname from pg_constraint")
        found |= {name for (name,) in cursor.fetchall()}
        cursor.execute("select tgname from pg_trigger")
        triggers = {name for (name,) in cursor.fetchall()}
    wanted = {
        item.name
        for model in apps.get_models()
        for item in (*model._meta.indexes, *model._meta.constraints)
        if model._meta.managed
    }

    assert wanted <= found
    assert any(name.startswith("pgtrigger_") for name in triggers)
