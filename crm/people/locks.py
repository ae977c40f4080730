"""What must not happen twice at once, held until the transaction ends."""

from django.db import connection

from crm.people.enums import RoleCode
from crm.people.models import Role
from crm.tenancy.context import current_organization_id

HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold_tree() -> None:
    """Nobody else changes the shape of the organisation: departments or superiors."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [f"people-tree:{current_organization_id()}"])


def hold_administrators() -> None:
    """Nobody else takes an administrator away."""
    rows = Role.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(code=RoleCode.ADMINISTRATOR).order_by("id").values_list("id"))
