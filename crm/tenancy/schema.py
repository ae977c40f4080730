"""The one mechanism that makes tenant tables safe, run after every migrate as the owner.

For each table with an `organization_id`: row-level security enabled and forced, one policy,
UNIQUE (organization_id, id), and for each TenantForeignKey a composite foreign key and an index
that starts with the organisation. History tables are made append-only for the application role.
Everything is idempotent: what is already there is left alone.
"""

from collections.abc import Iterator
from typing import Any

import pghistory.models
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models

from crm.tenancy.fields import TenantForeignKey

POLICY = "organization_id = nullif((SELECT current_setting('app.organization', true)), '')::bigint"
OWN_MEMBERSHIP = "user_id = nullif((SELECT current_setting('app.user', true)), '')::bigint"


def tenant_models() -> Iterator[type[models.Model]]:
    """Every managed model, history included, whose table carries an organisation."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        if any(field.column == "organization_id" for field in model._meta.local_concrete_fields):
            yield model


def is_history(model: type[models.Model]) -> bool:
    """True for the event tables that triggers write."""
    return issubclass(model, pghistory.models.Event)


def is_append_only(model: type[models.Model]) -> bool:
    """True where the application role may insert and read but never change or remove."""
    return is_history(model) or bool(getattr(model, "append_only", False))


def tenant_references(model: type[models.Model]) -> list[TenantForeignKey]:
    """The model's references to other tenant tables; history keeps bare ids."""
    if is_history(model):
        return []
    return [f for f in model._meta.local_concrete_fields if isinstance(f, TenantForeignKey)]


class SchemaKeeper:
    """Brings the tables of one database in line with the rule; see the module's docstring."""

    def __init__(self, using: str) -> None:
        self.connection = connections[using]
        self.app_role = settings.DATABASES["default"]["USER"]

    def rows(self, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def run(self, sql: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def apply(self) -> None:
        existing = set(self.connection.introspection.table_names())
        found = [m for m in tenant_models() if m._meta.db_table in existing]
        constraints = {name for (name,) in self.rows("SELECT conname FROM pg_constraint", [])}
        indexes = self.index_columns()
        for model in found:
            self.secure(model._meta.db_table, model)
        for model in apps.get_models():
            if is_append_only(model) and model not in found and model._meta.db_table in existing:
                self.forbid_changes(model._meta.db_table)
        for model in found:
            if not is_history(model):
                self.add_key(model._meta.db_table, constraints)
        for model in found:
            for field in tenant_references(model):
                self.add_reference(model._meta.db_table, field, constraints, indexes)

    def secure(self, table: str, model: type[models.Model]) -> None:
        """Enable and force row-level security with the tenant's policy."""
        enabled = self.rows(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE oid = to_regclass(%s)",
            [f'"{table}"'],
        )
        if not enabled or not enabled[0][0]:
            self.run(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            self.run(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        policies = {
            name
            for (name,) in self.rows(
                "SELECT policyname FROM pg_policies WHERE tablename=%s", [table]
            )
        }
        if "tenant" not in policies:
            self.run(f'CREATE POLICY tenant ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})')
        if getattr(model, "own_rows_visible", False) and "own_membership" not in policies:
            self.run(
                f'CREATE POLICY own_membership ON "{table}" FOR SELECT USING ({OWN_MEMBERSHIP})'
            )
        if is_append_only(model):
            self.forbid_changes(table)

    def forbid_changes(self, table: str) -> None:
        """The application's role may add to the table and read it, no more."""
        if self.role_exists():
            self.run(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{self.app_role}"')

    def role_exists(self) -> bool:
        return bool(self.rows("SELECT 1 FROM pg_roles WHERE rolname = %s", [self.app_role]))

    def add_key(self, table: str, constraints: set[str]) -> None:
        """UNIQUE (organization_id, id): what composite references point at."""
        name = f"{table}_tenant_key"
        if name not in constraints:
            self.run(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (organization_id, id)')

    def add_reference(
        self,
        table: str,
        field: TenantForeignKey,
        constraints: set[str],
        indexes: dict[str, list[list[str]]],
    ) -> None:
        """A composite foreign key and, where none serves, its tenant-first index."""
        column, target = field.column, field.related_model._meta.db_table
        name = f"{table}_{column}_same_tenant"[:63]
        if name not in constraints:
            self.run(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}"'
                f' FOREIGN KEY (organization_id, "{column}")'
                f' REFERENCES "{target}" (organization_id, id) DEFERRABLE INITIALLY DEFERRED'
            )
        wanted = ["organization_id", column]
        if not any(columns[:2] == wanted for columns in indexes.get(table, [])):
            index = f"{table}_{column}_tenant_idx"[:63]
            self.run(
                f'CREATE INDEX IF NOT EXISTS "{index}" ON "{table}" (organization_id, "{column}")'
            )

    def index_columns(self) -> dict[str, list[list[str]]]:
        """The column names of every unconditional index, by table."""
        found: dict[str, list[list[str]]] = {}
        for table, columns in self.rows(
            "SELECT t.relname, array_agg(a.attname::text ORDER BY k.ord)"
            " FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
            " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, ord)"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum"
            " WHERE i.indpred IS NULL GROUP BY t.relname, i.indexrelid",
            [],
        ):
            found.setdefault(table, []).append(columns)
        return found


def apply_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Signal receiver: once, after the last application has migrated."""
    with_models = [c for c in apps.get_app_configs() if c.models_module is not None]
    if sender.label == with_models[-1].label:
        SchemaKeeper(using).apply()
