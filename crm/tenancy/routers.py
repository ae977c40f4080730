"""Only the owner role changes the schema; the application role could not."""

from typing import Any


class OwnerMigrates:
    """Allow migrations on the `owner` alias alone."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
