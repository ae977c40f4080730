"""The tree of departments; every change of its shape holds the tree."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.audit import services as audit
from crm.people.locks import hold_tree
from crm.people.models import Department, Member
from crm.refusals import Refused

REROOT = """
    UPDATE people_department SET path = %s::bigint[] || path[%s:]
    WHERE path @> ARRAY[%s::bigint]
"""


class NameTaken(Refused):
    """A department beside it has the same name."""


@transaction.atomic
def create_department(
    *,
    name: str,
    parent: Department | None = None,
    provinces: Sequence[str] = (),
    industries: Sequence[str] = (),
    head: Member | None = None,
) -> Department:
    """Add a department below `parent`, or a root."""
    hold_tree()
    if parent is not None:
        parent = Department.objects.get(pk=parent.pk)
    _check_name(name, parent, but=None)
    department = Department.objects.create(
        name=name, parent=parent, provinces=list(provinces), industries=list(industries), head=head
    )
    department.path = [*(parent.path if parent else []), department.pk]
    department.save(update_fields=["path"])
    audit.record("department.created", target=department, name=name)
    return department


@transaction.atomic
def update_department(
    *,
    department_id: int,
    name: str,
    head: Member | None,
    provinces: Sequence[str],
    industries: Sequence[str],
) -> Department:
    """Rename a department, name its head, say what it serves."""
    hold_tree()
    department = _locked(department_id)
    _check_name(name, department.parent, but=department)
    department.name, department.head = name, head
    department.provinces, department.industries = list(provinces), list(industries)
    department.save(update_fields=["name", "head", "provinces", "industries"])
    audit.record("department.changed", target=department, name=name)
    return department


@transaction.atomic
def move_department(*, department_id: int, parent: Department | None) -> Department | None:
    """Put a department and everything below it elsewhere; returns below which it was before."""
    hold_tree()
    department = _locked(department_id)
    if parent is not None:
        parent = Department.objects.get(pk=parent.pk)
        if department.pk in parent.path:
            raise Refused(
                _("“%(parent)s” lies below “%(name)s”: a department cannot be put into itself.")
                % {"parent": parent.name, "name": department.name}
            )
    _check_name(department.name, parent, but=department)
    before: Department | None = department.parent
    department.parent = parent
    department.save(update_fields=["parent"])
    with connection.cursor() as cursor:
        above = parent.path if parent else []
        cursor.execute(REROOT, [above, len(department.path), department.pk])
    audit.record(
        "department.moved",
        target=department,
        before=before.name if before else "",
        after=parent.name if parent else "",
    )
    return before


@transaction.atomic
def delete_department(*, department_id: int) -> None:
    """Remove an empty department."""
    hold_tree()
    department = _locked(department_id)
    below = department.children.count()
    members = department.members.count()
    if below or members:
        raise Refused(_still_holds(department.name, below, members))
    audit.record("department.removed", target=department, name=department.name)
    try:
        with transaction.atomic():
            department.delete()
    except ProtectedError as error:
        raise Refused(
            _("Records belong to “%(name)s”. Rename it or move it instead of deleting it.")
            % {"name": department.name}
        ) from error


def _still_holds(name: str, below: int, members: int) -> str:
    """Why it cannot go, and what to do."""
    parts = []
    if members:
        words = ngettext("%(count)s member", "%(count)s members", members)
        parts.append(words % {"count": members})
    if below:
        words = ngettext("%(count)s department below it", "%(count)s departments below it", below)
        parts.append(words % {"count": below})
    what = _(" and ").join(parts)
    return _("“%(name)s” still has %(what)s. Move them first.") % {"name": name, "what": what}


def _locked(department_id: int) -> Department:
    rows = Department.objects.select_for_update(of=("self",), no_key=True)
    found: Department = rows.get(pk=department_id)
    return found


def _check_name(name: str, parent: Department | None, *, but: Department | None) -> None:
    beside = Department.objects.filter(parent=parent, name=name)
    if beside.exclude(pk=but.pk if but else 0).exists():
        raise NameTaken(
            _("There is a department “%(name)s” in this place already.") % {"name": name}
        )
