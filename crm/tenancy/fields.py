from typing import Any

from django.db import models

from crm.tenancy.context import current_organization_id


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference between two tables of the same tenant.

    Django's own constraint and index are left out: `crm.tenancy.schema` makes the composite
    foreign key (organization_id, x_id) and the index that starts with the organisation.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)


class OrganizationField(models.ForeignKey[Any, Any]):
    """The organisation a row belongs to: the current one, unless given.

    No index of its own: UNIQUE (organization_id, id) and every other index begin with it.
    """

    def __init__(self, **kwargs: Any) -> None:
        for option, value in {"editable": False, "db_index": False, "related_name": "+"}.items():
            kwargs.setdefault(option, value)
        kwargs.setdefault("to", "tenancy.Organization")
        kwargs.setdefault("on_delete", models.CASCADE)
        super().__init__(**kwargs)

    def get_default(self) -> int:
        """Asked for each new instance; raises NoTenant outside a tenant."""
        return current_organization_id()
