"""Who is above whom, and where somebody stands in the tree of departments."""

from collections.abc import Iterable

from crm.people.models import Department, Member


def superior_of(member: Member) -> Member | None:
    """The superior named on the member; else the head of the department, or of the next one up.

    Only somebody who can act counts, and nobody is their own superior.
    """
    if member.superior_id is not None and member.superior_id != member.pk:
        named = Member.objects.filter(pk=member.superior_id, is_active=True).first()
        if named is not None:
            return named
    return head_above(member)


def head_above(member: Member) -> Member | None:
    """The head of the member's department, or the next one up whose seat is filled by another."""
    if member.department_id is None:
        return None
    path = Department.objects.values_list("path", flat=True).get(pk=member.department_id)
    above = Department.objects.filter(pk__in=path).select_related("head")
    for seat in sorted(above, key=lambda one: path.index(one.pk), reverse=True):
        if seat.head is not None and seat.head.is_active and seat.head_id != member.pk:
            return seat.head  # type: ignore[no-any-return]
    return None


def makes_a_circle(member_id: int, superior_id: int) -> bool:
    """Whether the superior, or somebody named above them, is the member."""
    named = dict(Member.objects.exclude(superior=None).values_list("id", "superior_id"))
    seen: set[int] = set()
    above: int | None = superior_id
    while above is not None and above not in seen:
        if above == member_id:
            return True
        seen.add(above)
        above = named.get(above)
    return False


def departments_below(department_id: int) -> list[int]:
    """The department and everything below it."""
    rows = Department.objects.filter(path__contains=[department_id])
    return list(rows.values_list("pk", flat=True))


def names_on_path(paths: Iterable[Iterable[int]]) -> dict[int, str]:
    """The names of every department on these paths."""
    wanted = {pk for path in paths for pk in path}
    return dict(Department.objects.filter(pk__in=wanted).values_list("pk", "name"))
