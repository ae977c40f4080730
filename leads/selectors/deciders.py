"""Who decides a collision: the nearest common superior of its reps, who is none of them."""

from collections.abc import Collection, Iterable, Sequence

from crm.access import policy
from crm.people.hierarchy import direct_superiors
from crm.people.models import Member
from crm.people.presence import acting_deputies, is_absent

PERMISSION = "leads.decide_case"
HIGHEST = 12


def superiors_of(member: Member) -> list[Member]:
    """Everybody above a member, the nearest first."""
    return Desk().superiors_of(member)


def may_have_clients(member: Member) -> bool:
    """Whether a client can go to them: who only brings leads for others is no rep of a case."""
    return policy.allowed(member, "leads.create_customer")


def may_judge(member: Member, barred: Collection[int]) -> bool:
    """Active, allowed to decide, and not one of those it is about."""
    return member.is_active and member.pk not in barred and policy.allowed(member, PERMISSION)


class Desk:
    """Who stands above whom and may be asked; remembered while many cases are opened at once."""

    def __init__(self) -> None:
        self._superior: dict[int, Member | None] = {}
        self._may: dict[int, bool] = {}
        self._is_here: dict[int, bool] = {}
        self._has_clients: dict[int, bool] = {}

    def read(self, members: Iterable[Member]) -> None:
        """Look up who is above these, step by step: as many questions for one as for many."""
        ahead = {one.pk: one for one in members}
        for _step in range(HIGHEST):
            ahead = {pk: one for pk, one in ahead.items() if pk not in self._superior}
            if not ahead:
                return
            found = direct_superiors(ahead.values())
            self._superior |= found
            ahead = {one.pk: one for one in found.values() if one is not None}

    def superiors_of(self, member: Member) -> list[Member]:
        """Everybody above a member, the nearest first; a circle ends where it closes."""
        self.read([member])
        found: list[Member] = []
        seen, above = {member.pk}, self._superior.get(member.pk)
        while above is not None and above.pk not in seen and len(found) < HIGHEST:
            found.append(above)
            seen.add(above.pk)
            above = self._superior.get(above.pk)
        return found

    def is_here(self, member: Member) -> bool:
        """Whether they are not away."""
        if member.pk not in self._is_here:
            self._is_here[member.pk] = not is_absent(member)
        return self._is_here[member.pk]

    def may_have_clients(self, member: Member) -> bool:
        """Whether a client can go to them."""
        if member.pk not in self._has_clients:
            self._has_clients[member.pk] = may_have_clients(member)
        return self._has_clients[member.pk]

    def deputy_of(self, decider: Member, barred: Collection[int]) -> Member | None:
        """Who decides while the decider is away."""
        return None if self.is_here(decider) else deputy_of(decider, barred)

    def can_be_asked(self, member: Member, barred: Collection[int]) -> bool:
        """Whether they may decide and are here, or somebody stands in who may."""
        if member.pk not in self._may:
            self._may[member.pk] = may_judge(member, ())
        if member.pk in barred or not self._may[member.pk]:
            return False
        return self.is_here(member) or self.deputy_of(member, barred) is not None


def common_superior(
    reps: Sequence[Member], *, barred: Collection[int] = (), desk: Desk | None = None
) -> Member | None:
    """The nearest one above all of them who may decide; None leaves it to the administrators."""
    if not reps:
        return None
    desk = desk or Desk()
    out = {rep.pk for rep in reps} | set(barred)
    desk.read(reps)
    chains = [desk.superiors_of(rep) for rep in reps]
    others = [{one.pk for one in chain} for chain in chains[1:]]
    for one in chains[0]:
        if all(one.pk in chain for chain in others) and desk.can_be_asked(one, out):
            return one
    return None


def wider(
    decider: Member | None,
    newcomer: Member,
    *,
    barred: Collection[int],
    desk: Desk | None = None,
) -> Member | None:
    """Who decides when one more rep joins: the same, or the nearest above who is above both.

    Where nobody is above both, whoever has the case keeps it; a decider who has become one of its
    reps leaves it to the next above.
    """
    if decider is None:
        return None
    desk = desk or Desk()
    above = {one.pk for one in desk.superiors_of(newcomer)}
    chain = [decider, *desk.superiors_of(decider)]
    able = [one for one in chain if desk.can_be_asked(one, barred)]
    return next((one for one in able if one.pk in above), able[0] if able else None)


def next_above(member: Member, *, barred: Collection[int]) -> Member | None:
    """The nearest superior of a decider who may decide in their place."""
    return next((one for one in superiors_of(member) if can_be_asked(one, barred)), None)


def can_be_asked(member: Member, barred: Collection[int]) -> bool:
    """The same, asked once."""
    return Desk().can_be_asked(member, barred)


def deputy_of(decider: Member, barred: Collection[int]) -> Member | None:
    """Who decides while the decider is away."""
    found = acting_deputies([decider]).get(decider.pk)
    return found if found is not None and may_judge(found, barred) else None


def reaches_all(member: Member) -> bool:
    """Whether their right to decide reaches every case."""
    reach = policy.reach_of(member, PERMISSION)
    return reach is not None and reach.is_all


def administrators(*, barred: Collection[int] = ()) -> list[Member]:
    """Those who decide where nobody stands above the reps: their right reaches every case."""
    people = Member.objects.filter(is_active=True, member_roles__role__grants__has_key=PERMISSION)
    rows = people.exclude(pk__in=barred).order_by("pk").distinct()
    return [one for one in rows if reaches_all(one)]
