"""What would move, whom that concerns, and who has to agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.hierarchy import superior_of
from crm.people.holdings import holding
from crm.people.models import Member
from crm.sharing import journal
from crm.sharing.models import Movement, Transfer, TransferRule
from crm.sharing.nouns import Noun, along_of, followers_of, noun
from crm.sharing.selectors.commission import Parts, parts_of, words_on_orders, words_on_parts
from crm.teamwork.enums import TaskState
from crm.teamwork.models import Task
from crm.tenancy.clock import organization_today
from crm.web.formats import Formats

TASKS = "teamwork.task"
MOST_SHOWN = 20
HIGHEST = 12


@dataclass(frozen=True)
class Row:
    title: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """One kind of thing that goes along; `key` is empty for what goes by itself."""

    label: str
    icon: str
    count: int
    rows: Sequence[Row]
    key: str = ""
    hint: str = ""

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Giver:
    """A present owner, how many of the records are theirs, and who stands above them."""

    member: Member | None
    count: int
    superior: Member | None


@dataclass(frozen=True)
class Preview:
    """Everything that a transfer of these records would move."""

    noun: Noun
    ids: Sequence[int]
    chosen: Part
    givers: Sequence[Giver]
    parts: Sequence[Part]
    seen: str
    followers: Sequence[Part] = field(default=())
    # what moves and earns commission, kind by kind
    dated: Sequence[tuple[Noun, QuerySet[Any]]] = field(default=())
    # what is credited to several until then
    parts_ending: Sequence[Parts] = field(default=())

    def commission(self, cutoff: date | None) -> str:
        """How many of the moving orders stay credited as they are, and which parts end."""
        day = cutoff or organization_today()
        said = [words_on_orders(of, rows, day) for of, rows in self.dated]
        return " ".join(filter(None, (*said, words_on_parts(self.parts_ending, day))))


def transferable(member: Member, of: Noun, ids: Iterable[int]) -> QuerySet[Any]:
    """Those of the records that the member may give to somebody else."""
    rows = of.rows.filter(pk__in=ids)
    return policy.visible(member, rows, of.permission("transfer"))


def seen_owners(pairs: Iterable[tuple[int, int | None]]) -> str:
    """A short sign of who owned what, to notice that it changed."""
    text = ",".join(f"{pk}:{owner}" for pk, owner in sorted(pairs))
    return sha256(text.encode()).hexdigest()[:32]


def preview(*, of: Noun, ids: Sequence[int], by: Member) -> Preview:
    """What would move, kind by kind; the queries do not grow with the records."""
    rows = transferable(by, of, ids)
    pairs = list(rows.order_by("pk").values_list("pk", "owner_id"))
    found = [pk for pk, _owner in pairs]
    along = {
        one.key: along_rows(of, one.key, found, by=by).filter(_same_owner(one.path))
        for one in along_of(of)
    }
    chosen = of.rows.filter(pk__in=found)
    moving = [(of, chosen), *((noun(key), some) for key, some in along.items())]
    return Preview(
        noun=of,
        ids=found,
        chosen=_part(chosen, of),
        dated=[(one, some) for one, some in moving if one.dated],
        parts_ending=parts_of(of.key, found),
        givers=givers_of(rows),
        parts=[
            *(_part(rows, noun(key)) for key, rows in along.items()),
            _tasks(of, found, along, by),
        ],
        seen=seen_owners(pairs),
        followers=[
            *_followers(of, found, by),
            *(
                part
                for key, rows in along.items()
                for part in _followers(noun(key), _ids(rows), by)
            ),
        ],
    )


def _same_owner(path: str) -> Q:
    """Only what belongs to the record's own owner goes along; a colleague's stays theirs."""
    return Q(owner=F(f"{path.removesuffix('_id')}__owner"))


def along_rows(of: Noun, key: str, ids: Sequence[int], *, by: Member) -> QuerySet[Any]:
    """Unfinished records of one kind that hang on these and that the member may transfer."""
    one = next(one for one in along_of(of) if one.key == key)
    return policy.visible(by, one.of(ids), noun(key).permission("transfer"))


def task_rows(found: Iterable[tuple[str, Sequence[int]]]) -> QuerySet[Task]:
    """Open tasks about any of these records."""
    about = Q(pk__in=[])
    for key, ids in found:
        about |= Q(subject_kind=key, subject_id__in=ids)
    return Task.objects.filter(about, state=TaskState.OPEN)


def givers_of(rows: QuerySet[Any]) -> list[Giver]:
    """The present owners, those with the most records first."""
    counts = dict(rows.order_by().values_list("owner").annotate(number=Count("pk")))
    members = Member.objects.select_related("department").in_bulk([pk for pk in counts if pk])
    found = [
        Giver(members.get(pk), number, superior_of(members[pk]) if pk in members else None)
        for pk, number in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.member.pk if one.member else 0))


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _part(rows: QuerySet[Any], of: Noun) -> Part:
    shown = [
        Row(_title(one, of), journal.address_of(of, one.pk))
        for one in rows.order_by("pk")[:MOST_SHOWN]
    ]
    return Part(str(of.plural), of.icon, rows.count(), shown, of.key)


def _title(one: Any, of: Noun) -> str:
    """With its day where commission goes by it."""
    if not of.dated:
        return str(one)
    return f"{one} · {Formats.current().day(getattr(one, of.dated))}"


def _tasks(of: Noun, ids: Sequence[int], along: dict[str, QuerySet[Any]], by: Member) -> Part:
    found = [(of.key, ids), *((key, _ids(rows)) for key, rows in along.items())]
    owners = of.rows.filter(pk__in=ids).values("owner")
    rows = task_rows(found).filter(owner__in=owners).order_by("due_at", "pk")
    seen = policy.visible(by, rows, "teamwork.view_task")
    shown = [Row(one.title) for one in seen[:MOST_SHOWN]]
    return Part(_("Open tasks"), "checkbox", rows.count(), shown, TASKS)


def _followers(of: Noun, ids: Sequence[int], by: Member) -> list[Part]:
    found = []
    for one in followers_of(of):
        rows = one.of(ids).order_by("pk")
        seen = policy.visible(by, rows, one.permission)
        shown = [Row(one.describe(row)) for row in seen[:MOST_SHOWN]]
        count = rows.count()
        if count:
            found.append(Part(str(one.label), one.icon, count, shown))
    return found


# Who has to agree


def rule() -> TransferRule:
    """The organisation's rule; until it is changed, transfers across departments are asked for."""
    return TransferRule.objects.first() or TransferRule()


def needs_agreement(*, giver: Member | None, receiver: Member, count: int, by: Member) -> bool:
    """Whether the superior of the present owner has to agree first.

    Who stands above the owner agrees by asking.
    """
    now = rule()
    if giver is None:
        return False
    is_across = now.across_departments and giver.department_id != receiver.department_id
    is_many = now.most_at_once is not None and count > now.most_at_once
    return (is_across or is_many) and by.pk not in {one.pk for one in superiors_of(giver)}


def superiors_of(member: Member) -> list[Member]:
    """Everybody above the member, the nearest first."""
    found: list[Member] = []
    above = superior_of(member)
    while above is not None and above not in found and len(found) < HIGHEST:
        found.append(above)
        above = superior_of(above)
    return found


# Transfers themselves


def visible_transfers(member: Member) -> QuerySet[Transfer]:
    """Those within reach, and those that concern the member."""
    concerned = Q(giver=member) | Q(receiver=member) | Q(requested_by=member)
    within = policy.visible(member, Transfer.objects.all(), "sharing.view_transfer")
    return Transfer.objects.filter(concerned | Q(pk__in=within.values("pk")))


def movements_of(transfer: Transfer) -> QuerySet[Movement]:
    """The rows of a transfer, those that were chosen first."""
    return transfer.movements.order_by("-is_chosen", "holding", "pk")


def open_transfers_of(record: Any) -> QuerySet[Transfer]:
    """Transfers of this record that wait for agreement or for their day."""
    rows = Movement.objects.filter(
        holding=record._meta.label_lower, record_id=record.pk, is_chosen=True
    )
    return (
        Transfer.objects.filter(pk__in=rows.values("transfer"), state__in=("waiting", "scheduled"))
        .select_related("receiver", "requested_by")
        .order_by("pk")
    )


def label_of(key: str) -> str:
    """What rows of a holding are called."""
    return str(holding(key).label)
