"""Which rows of a list a program asks for."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.integrations.problems import invalid
from crm.people.models import Member
from crm.web.asked import record_id
from leads.tables.choices import department_tree

ME, NOBODY = "me", "none"


def owned_by(owner: str, member: Member) -> Q:
    """Whose: a member's by id, my own, or nobody's."""
    if owner == ME:
        return Q(owner_id=member.pk)
    if owner == NOBODY:
        return Q(owner_id=None)
    known = record_id(owner)
    if known is None:
        raise invalid([("owner", _("Give a member's id, “me” or “none”."))])
    return Q(owner_id=known)


def narrowed(rows: QuerySet[Any], asked: Any, member: Member, choices: tuple[str, ...]) -> Any:
    """The rows that the query of a list of leads or customers means."""
    for name in choices:
        if values := getattr(asked, name):
            rows = rows.filter(**{f"{name}__in": values})
    if asked.owner:
        rows = rows.filter(owned_by(asked.owner, member))
    if asked.department is not None:
        rows = rows.filter(department_id__in=list(department_tree(asked.department)))
    return rows
