"""Who is above whom, and where somebody stands in the tree of departments."""

from collections.abc import Collection, Iterable

from crm.people.models import Department, Member


def superior_of(member: Member) -> Member | None:
    """The superior named on the member; else the head of the department, or of the next one up.

    Only somebody who can act counts, and nobody is their own superior.
    """
    return direct_superiors([member])[member.pk]


def direct_superiors(members: Collection[Member]) -> dict[int, Member | None]:
    """The same for many, with as many questions as for one."""
    wanted = {one.superior_id for one in members if one.superior_id not in (None, one.pk)}
    acting = Member.objects.filter(pk__in=wanted, is_active=True)
    named = {one.pk: one for one in acting} if wanted else {}
    found: dict[int, Member | None] = {
        one.pk: named[one.superior_id]
        for one in members
        if one.superior_id in named and one.superior_id != one.pk
    }
    return found | _heads_above([one for one in members if one.pk not in found])


def _heads_above(members: Collection[Member]) -> dict[int, Member | None]:
    """The head of the department, or of the next one up whose seat is filled by another."""
    own = {one.department_id for one in members if one.department_id is not None}
    paths = dict(Department.objects.filter(pk__in=own).values_list("pk", "path")) if own else {}
    above = Department.objects.filter(pk__in={pk for path in paths.values() for pk in path})
    seats = {one.pk: one.head for one in above.select_related("head")} if paths else {}
    found: dict[int, Member | None] = {}
    for member in members:
        path = paths.get(member.department_id or 0, ())
        heads = (seats.get(pk) for pk in reversed(path))
        others = (head for head in heads if head and head.is_active and head.pk != member.pk)
        found[member.pk] = next(others, None)
    return found


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
