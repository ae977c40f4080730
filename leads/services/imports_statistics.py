"""The planner is told how large an import has made its tables, before the next chunk."""

from django.db import connection

from crm.tenancy.context import tenant_context

REFRESH = "SELECT refresh_statistics(%s)"
GROWN = [
    "audit_operationlog",
    "leads_assignmentdecision",
    "leads_collisioncase",
    "leads_collisionparty",
    "leads_collisionrecord",
    "leads_identitykey",
    "leads_importrow",
    "leads_lead",
    "leads_touch",
]


def refresh_statistics(organization_id: int) -> int:
    """Look anew at the tables that have doubled since anybody did; answers how many.

    In a transaction of its own: while it lasts nobody else can look at them.
    """
    with tenant_context(organization_id), connection.cursor() as cursor:
        cursor.execute(REFRESH, [GROWN])
        return int(cursor.fetchone()[0])
