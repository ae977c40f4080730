"""What must not happen twice at once, held until the transaction ends."""

from collections.abc import Collection

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from crm.people.enums import RoleCode
from crm.people.models import Role
from crm.refusals import Refused
from crm.tenancy.context import current_organization_id

# shared: who gives one member two things at once does not wait
STAY = "SELECT name, is_active FROM people_member WHERE id = ANY(%s) FOR SHARE NOWAIT"
HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold_tree() -> None:
    """Nobody else changes the shape of the organisation: departments or superiors."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [f"people-tree:{current_organization_id()}"])


def hold_administrators() -> None:
    """Nobody else takes an administrator away."""
    rows = Role.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(code=RoleCode.ADMINISTRATOR).order_by("id").values_list("id"))


def hold_receivers(member_ids: Collection[int]) -> None:
    """None of these leaves before the transaction ends; refused for who has left, or just leaves.

    Nobody is waited for: a hand-over holds its leaver while it waits for their records.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(STAY, [sorted(member_ids)])
            people = cursor.fetchall()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Refused(
            _("Whoever it goes to is just being changed by somebody else. Try again in a moment.")
        ) from error
    for name, is_active in people:
        if not is_active:
            raise Refused(_("%(name)s is no longer active.") % {"name": name})
