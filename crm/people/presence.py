"""Who is away, and who stands in."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from crm.people.models import Absence, Member

# From deputy to deputy, no further: nobody means to be replaced at six removes.
LONGEST_CHAIN = 5


def absences_at(at: datetime) -> QuerySet[Absence]:
    """Absences in force at a moment."""
    return Absence.objects.filter(start_at__lte=at, end_at__gt=at)


def is_absent(member: Member, at: datetime | None = None) -> bool:
    """Whether the member is away at the moment, now unless given."""
    return absences_at(at or timezone.now()).filter(member_id=member.pk).exists()


def absent_member_ids(at: datetime | None = None) -> set[int]:
    """Everybody who is away at the moment."""
    return set(absences_at(at or timezone.now()).values_list("member_id", flat=True))


_beginning: list[Callable[[Member], object]] = []


def on_absence(tell: Callable[[Member], object]) -> None:
    """Call `tell` with every member who begins to be away, or whose deputy changed meanwhile."""
    if tell not in _beginning:
        _beginning.append(tell)


def away_now(member: Member) -> None:
    """Somebody is away: what waits for them cannot wait until they are back."""
    if is_absent(member):
        for tell in _beginning:
            tell(member)


def acting_deputy(member: Member, at: datetime | None = None) -> Member | None:
    """Who stands in for an absent member; None while they are here or nobody is named.

    The deputy of this absence, else the standing one; if they are away, theirs in turn.
    """
    return acting_deputies([member], at).get(member.pk)


def acting_deputies(members: Iterable[Member], at: datetime | None = None) -> dict[int, Member]:
    """The same for several: absent member's id → who stands in for them."""
    away = dict(absences_at(at or timezone.now()).values_list("member_id", "deputy_id"))
    wanted = [member.pk for member in members if member.pk in away]
    if not wanted:
        return {}
    standing = dict(Member.objects.filter(pk__in=away).values_list("pk", "deputy_id"))
    found = {pk: _stand_in(pk, away, standing) for pk in wanted}
    people = Member.objects.filter(is_active=True).in_bulk(pk for pk in found.values() if pk)
    return {pk: people[deputy] for pk, deputy in found.items() if deputy in people}


def _stand_in(
    member_id: int, away: Mapping[int, int | None], standing: Mapping[int, int | None]
) -> int | None:
    """The first one here along the chain of deputies."""
    seen, current = {member_id}, member_id
    for _step in range(LONGEST_CHAIN):
        deputy = away[current] or standing.get(current)
        if deputy is None or deputy in seen:
            return None
        if deputy not in away:
            return deputy
        seen.add(deputy)
        current = deputy
    return None
