from collections.abc import Iterable

from crm.people.models import Department, Member


def manager_ids_of(member_ids: Iterable[int | None]) -> set[int]:
    """The nearest department head above each member, who is never the member themselves."""
    return set(managers_of(member_ids).values())


def managers_of(member_ids: Iterable[int | None]) -> dict[int, int]:
    """The same, member by member."""
    members = Member.objects.filter(pk__in=[pk for pk in member_ids if pk])
    paths = dict(members.values_list("pk", "department__path"))
    wanted = {pk for path in paths.values() for pk in path or ()}
    heads = Department.objects.filter(pk__in=wanted, head__is_active=True)
    head_of = dict(heads.values_list("pk", "head_id"))
    found = {}
    for member_id, path in paths.items():
        above = (head_of.get(department) for department in reversed(path or ()))
        nearest = next((head for head in above if head and head != member_id), None)
        if nearest:
            found[member_id] = nearest
    return found
