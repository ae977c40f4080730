"""What the client of a case is called to each reader.

In full to whoever may see the record, and to whoever is or was asked to decide: they have to know
whom they judge about. To everybody else what the redacted card says: the parts of the name that
they wrote themselves. As many questions to the database for one case as for fifty.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from crm.access import policy
from crm.people.models import Member
from leads.enums import CollisionSide, NameOnCard, RecordKind
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionParty,
    CollisionRecord,
    CompanyAlias,
    Customer,
    ImportBatch,
    Lead,
    Touch,
)
from leads.redaction import best_mask, without_names
from leads.selectors.cases import deputised
from leads.selectors.entering import collision_settings
from leads.selectors.identity import Pair

MODELS: tuple[tuple[str, Any, str], ...] = (
    (RecordKind.LEAD.value, Lead, "leads.view_lead"),
    (RecordKind.CUSTOMER.value, Customer, "leads.view_customer"),
)
MOST_ARRIVALS = 200  # of one member in one case, of which the cells are read


class Named(NamedTuple):
    """A record of a case as far as its name goes: there may be thousands."""

    case_id: int
    record_kind: str
    record_id: int
    is_held: bool
    member_id: int | None
    title: str


class CaseNames:
    """The names in some cases, as one member may read them."""

    def __init__(self, member: Member, case_ids: Collection[int]) -> None:
        self.reader_id = member.pk
        self.is_whole = collision_settings().name_on_card == NameOnCard.WHOLE
        rows = CollisionRecord.objects.filter(case__in=case_ids).order_by("pk")
        records = list(map(Named._make, rows.values_list(*Named._fields)))
        self.seen = seen_among(member, {(one.record_kind, one.record_id) for one in records})
        self.asked = _asked(member, case_ids)
        self.held = {one.case_id: _pair(one) for one in records if one.is_held}
        # a file may name one client five thousand times
        typed: dict[int, dict[str, None]] = defaultdict(dict)
        for one in records:
            if _pair(one) in self.seen or (one.member_id == member.pk and not one.is_held):
                typed[one.case_id][one.title] = None
        for case_id, cells in _imported(member, case_ids):
            typed[case_id] |= dict.fromkeys(cells)
        self.typed = defaultdict(list, {case_id: list(one) for case_id, one in typed.items()})
        self.called: dict[int, list[tuple[Pair, str]]] = defaultdict(list)
        for one in records:
            self.called[one.case_id].append((_pair(one), one.title))

    def learn_aliases(self, case_id: int) -> None:
        """What its records are called by now, and the other names of its customers, are names too.

        Read where free texts are shown.
        """
        for kind, model, _permission in MODELS:
            known = [pk for (own, pk), _name in self.called[case_id] if own == kind]
            name = "company_name" if kind == RecordKind.LEAD else "name"
            now = model.objects.filter(pk__any_of=known).order_by("pk").values_list("pk", name)
            self.called[case_id] += [((kind, pk), called) for pk, called in now]
        ids = {pk for (kind, pk), _name in self.called[case_id] if kind == RecordKind.CUSTOMER}
        rows = CompanyAlias.objects.filter(customer__any_of=ids).order_by("pk")
        self.called[case_id] += [
            ((RecordKind.CUSTOMER.value, pk), name)
            for pk, name in rows.values_list("customer_id", "text")
        ]

    def of_case(self, case_id: int, title: str) -> str:
        """The case's title: the client as it is called on the record that was there first."""
        held = self.held.get(case_id)
        return title if held is None else self.of_record(case_id, held, title)

    def of_record(self, case_id: int, pair: Pair, title: str) -> str:
        """What a record of the case is called."""
        if self.is_whole or case_id in self.asked or pair in self.seen:
            return title
        return best_mask(title, self.typed[case_id])

    def said(self, case_id: int, text: str, writer_id: int | None) -> str:
        """A free text of the case: a name is in it as far as the reader may read that name.

        What they wrote themselves they read as they wrote it.
        """
        if not text or self.is_whole or case_id in self.asked or writer_id == self.reader_id:
            return text
        called = self.called[case_id]
        hidden = list(dict.fromkeys(name for pair, name in called if pair not in self.seen))
        return without_names(text, hidden, self.typed[case_id]) if hidden else text


def named_for(member: Member, cases: Iterable[CollisionCase]) -> dict[int, str]:
    """The titles of cases by their id."""
    known = list(cases)
    names = CaseNames(member, [one.pk for one in known])
    return {one.pk: names.of_case(one.pk, one.title) for one in known}


def title_for(member: Member, case: CollisionCase) -> str:
    return named_for(member, [case])[case.pk]


def told_titles(case: CollisionCase, member_ids: Collection[int]) -> dict[str, list[int]]:
    """Title → the members whose inbox it goes to."""
    found: dict[str, list[int]] = defaultdict(list)
    for pk, title in titles_told(dict.fromkeys(sorted(set(member_ids)), case)).items():
        found[title].append(pk)
    return found


def titles_told(cases: Mapping[int, CollisionCase]) -> dict[int, str]:
    """Member → what the client of the case they are told of is called in their inbox.

    A newcomer's title is made of what they wrote themselves, whatever else they may see: fifty of
    them cost as much as one, in one case or in fifty.
    """
    owners: dict[int, int | None] = {}
    wrote: dict[tuple[int, int | None], dict[str, None]] = defaultdict(dict)
    records = CollisionRecord.objects.filter(case__in={one.pk for one in cases.values()})
    told = records.filter(Q(is_held=True) | Q(member__in=list(cases))).order_by("pk")
    columns = ("case_id", "is_held", "owner_id", "member_id", "title")
    for case_id, is_held, owner_id, member_id, title in told.values_list(*columns):
        if is_held:
            owners[case_id] = owner_id
        else:
            wrote[case_id, member_id][title] = None
    is_whole = collision_settings().name_on_card == NameOnCard.WHOLE
    found: dict[int, str] = {}
    for pk, case in cases.items():
        if is_whole or pk in (owners.get(case.pk), case.decider_id):
            found[pk] = case.title
        elif written := wrote.get((case.pk, pk)):
            found[pk] = best_mask(case.title, list(written))
    people = Member.objects.in_bulk(set(cases) - set(found))
    found |= {pk: title_for(one, cases[pk]) for pk, one in people.items()}
    return {pk: found.get(pk, "") for pk in cases}


def named_by(member: Member, text: str) -> Q:
    """Cases whose client's name begins like this, as far as the member may read that name."""
    held = CollisionRecord.objects.filter(case=OuterRef("pk"), title__startswith=text)
    mine = held.filter(_seen_q(member) | Q(member=member, is_held=False))
    named = Q(title__startswith=text)
    if collision_settings().name_on_card == NameOnCard.WHOLE:
        return named
    return Exists(mine) | (named & _asked_q(member))


def seen_among(member: Member, pairs: Collection[Pair]) -> set[Pair]:
    """Those of the records that the member may open."""
    found: set[Pair] = set()
    for kind, model, permission in MODELS:
        # asked for also where there is none: the number of questions tells nothing
        ids = [pk for own, pk in pairs if own == kind] or [0]
        rows = policy.visible(member, model.objects.filter(pk__any_of=ids), permission)
        found |= {(kind, pk) for pk in rows.values_list("pk", flat=True)}
    return found


def _seen_q(member: Member) -> Q:
    found = Q(pk__in=[])
    for kind, model, permission in MODELS:
        rows = policy.visible(member, model.objects.order_by(), permission)
        found |= Q(record_kind=kind, record_id__in=rows.values("pk"))
    return found


def _asked_q(member: Member) -> Q:
    """Cases that the member is or was asked to decide."""
    judged = CollisionDecision.objects.filter(case=OuterRef("pk"), decided_by=member)
    party = CollisionParty.objects.filter(
        case=OuterRef("pk"), member=member, side=CollisionSide.DECIDER
    )
    found = Q(decider__in=[member.pk, *(row["member_id"] for row in deputised(member))])
    reach = policy.reach_of(member, "leads.decide_case")
    if reach is not None and reach.is_all:
        found |= Q(decider=None)
    return found | Exists(judged) | Exists(party)


def _asked(member: Member, case_ids: Collection[int]) -> set[int]:
    rows = CollisionCase.objects.filter(_asked_q(member), pk__in=case_ids)
    return set(rows.order_by().values_list("pk", flat=True))


def _imported(member: Member, case_ids: Collection[int]) -> list[tuple[int, list[str]]]:
    """The cells of the rows by which the member reached for a client without a record.

    The first of them in each case: a file may name one client a hundred thousand times.
    """
    mine = ImportBatch.objects.filter(created_by=member).order_by()
    arrivals = Touch.objects.filter(case__in=case_ids, import_batch__in=mine.values("pk"))
    nth = Window(RowNumber(), partition_by=F("case_id"), order_by="id")
    rows = arrivals.annotate(nth=nth).filter(nth__lte=MOST_ARRIVALS)
    values: Iterable[Any] = rows.values_list("case_id", "payload")
    return [(pk, [str(cell) for cell in said.get("values", []) if cell]) for pk, said in values]


def _pair(record: Named) -> Pair:
    return record.record_kind, record.record_id
