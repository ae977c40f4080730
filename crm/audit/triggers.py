"""Changes of tracked records into the operation log, by the database itself.

For each tracked model one function, made by the owner after every migrate: what an update changed
is written as `{"fields": {column: [before, after]}}`, set-based, in the same statement. Encrypted
columns show as "***". The plan is made for the first call and kept: without a nested loop it is as
good for 100,000 rows as for one. What the owner does (migrations, rotation of keys, erasure) is
not logged.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import pghistory.models
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models

from crm.encryption.fields import BlindIndexField, EncryptedTextField

UNINTERESTING = frozenset({"id", "organization", "updated_at", "last_activity_at", "version"})
MASK = "***"
FUNCTION = """
CREATE OR REPLACE FUNCTION public."{function}"() RETURNS trigger LANGUAGE plpgsql
SET enable_nestloop = off AS $body$
DECLARE
  context jsonb;
BEGIN
  IF current_user <> '{app_role}' THEN
    RETURN NULL;
  END IF;
  context := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
  INSERT INTO public.audit_operationlog
         (organization_id, action, verb, subject_kind, subject_id, member_id, details, at)
  SELECT found.organization_id, '{action}', '{verb}', '{kind}', found.id,
         (context->>'member')::bigint,
         CASE WHEN coalesce(context->>'reason', '') = '' THEN '{{}}'::jsonb
              ELSE jsonb_build_object('reason', context->>'reason') END
         || jsonb_build_object('fields', found.fields),
         clock_timestamp()
    FROM ({source}) AS found
   WHERE found.fields <> '{{}}'::jsonb;
  RETURN NULL;
END $body$
"""
UPDATED = """
    SELECT after.organization_id, after.id, {fields} AS fields
      FROM before_rows AS before JOIN after_rows AS after ON after.id = before.id
"""
DELETED = "SELECT before.organization_id, before.id, {fields} AS fields FROM before_rows AS before"
TRIGGER = """
CREATE TRIGGER "{function}" AFTER {event} ON public."{table}"
  REFERENCING OLD TABLE AS before_rows {new}
  FOR EACH STATEMENT EXECUTE FUNCTION public."{function}"()
"""


def tracked_models() -> Iterator[tuple[type[models.Model], set[str]]]:
    """Every model with a history, and the names of the fields that its history keeps."""
    for event in apps.get_models():
        model = getattr(event, "pgh_tracked_model", None)
        if model is not None and issubclass(event, pghistory.models.Event):
            yield model, {field.name for field in event._meta.concrete_fields}


def columns_of(model: type[models.Model], kept: set[str]) -> "list[models.Field[Any, Any]]":
    """The fields whose changes are told."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name in kept
        and field.name not in UNINTERESTING
        and not isinstance(field, BlindIndexField)
    ]


def changed_fields(fields: "list[models.Field[Any, Any]]") -> str:
    """SQL: the columns that differ, each with the values before and after."""
    parts = ["'{}'::jsonb"]
    for field in fields:
        old, new = f'before."{field.column}"', f'after."{field.column}"'
        pair = (
            f'\'["{MASK}", "{MASK}"]\'::jsonb'
            if isinstance(field, EncryptedTextField)
            else f"jsonb_build_array({old}, {new})"
        )
        parts.append(
            f"CASE WHEN {old} IS DISTINCT FROM {new}"
            f" THEN jsonb_build_object('{field.name}', {pair}) ELSE '{{}}'::jsonb END"
        )
    return "\n        || ".join(parts)


def last_fields(fields: "list[models.Field[Any, Any]]") -> str:
    """SQL: what a removed row held."""
    parts = ["'{}'::jsonb"]
    for field in fields:
        old = f'before."{field.column}"'
        value = f"'{MASK}'::text" if isinstance(field, EncryptedTextField) else old
        parts.append(
            f"CASE WHEN {old} IS NULL OR {old}::text = '' THEN '{{}}'::jsonb"
            f" ELSE jsonb_build_object('{field.name}', jsonb_build_array({value}, NULL)) END"
        )
    return "\n        || ".join(parts)


def statements(model: type[models.Model], kept: set[str], event: str) -> tuple[str, str, str]:
    """The function's name, its definition, and its trigger."""
    table, fields = model._meta.db_table, columns_of(model, kept)
    function = f"audit_{event.lower()}_{table}"[:63]
    is_update = event == "UPDATE"
    source = (
        UPDATED.format(fields=changed_fields(fields))
        if is_update
        else DELETED.format(fields=last_fields(fields))
    )
    definition = FUNCTION.format(
        function=function,
        app_role=settings.DATABASES["default"]["USER"],
        action="record.changed" if is_update else "record.removed",
        verb="change" if is_update else "remove",
        kind=model._meta.label_lower,
        source=source,
    )
    new = "NEW TABLE AS after_rows" if is_update else ""
    return (
        function,
        definition,
        TRIGGER.format(function=function, event=event, table=table, new=new),
    )


def install(using: str) -> None:
    """Bring functions and triggers in line with the models; what is there already stays."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, obj_description(t.tgfoid, 'pg_proc') FROM pg_trigger t"
            " WHERE NOT t.tgisinternal AND starts_with(t.tgname, 'audit_')"
        )
        present = dict(cursor.fetchall())
        for model, kept in tracked_models():
            if model._meta.db_table not in existing:
                continue
            for event in ("UPDATE", "DELETE"):
                function, definition, trigger = statements(model, kept, event)
                digest = hashlib.sha256(definition.encode()).hexdigest()
                if present.get(function) == digest:
                    continue
                cursor.execute(definition)
                cursor.execute(f"COMMENT ON FUNCTION public.\"{function}\"() IS '{digest}'")
                if function not in present:
                    cursor.execute(trigger)


def install_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Signal receiver: once, after the last application has migrated."""
    with_models = [c for c in apps.get_app_configs() if c.models_module is not None]
    if sender.label == with_models[-1].label:
        install(using)
