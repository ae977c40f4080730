"""Readers of records beyond lists, search and files, held against the rule of the property test.

Early warnings, the redacted card, merges, collision cases, requests to share, the rows behind
figures, tiles, boards and the names in the operation log.
"""

from datetime import timedelta
from types import SimpleNamespace

from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.utils import timezone

from crm.audit import records
from crm.people.enums import Scope
from crm.people.models import Member
from leads.api.contacts import list_contacts
from leads.api.customers import list_customers, read_customer
from leads.api.leads import list_leads
from leads.api.shapes import ContactsAsked, CustomersAsked, LeadsAsked
from leads.enums import RecordKind
from leads.models import CollisionCase, CollisionParty, CollisionRisk, Merge
from leads.selectors.cases import visible_cases
from leads.selectors.identity import Match
from leads.selectors.merging import visible_merges
from leads.selectors.opportunities import visible_opportunities
from leads.selectors.risks import told_to, visible_risks
from leads.selectors.share_requests import answerable
from leads.selectors.similar import cards_for
from leads.views import metrics
from reports.selectors import figures

CUSTOMER = RecordKind.CUSTOMER
VIEW, MERGE = "leads.view_customer", "leads.merge_customer"
LEADS = "leads.view_lead"


def add_warnings(company) -> None:
    """A warning between neighbours, a merge of each record, a case between two members of each."""
    rows, now = company.records["customer"], timezone.now()
    for left, right in zip(rows, rows[1:], strict=False):
        CollisionRisk.objects.create(
            left_kind=CUSTOMER, left_id=left.pk, right_kind=CUSTOMER, right_id=right.pk,
            probability=50, main_factor="same_brand", first_seen_at=now, last_seen_at=now,
        )  # fmt: skip
    for number, one in enumerate(rows):
        Merge.objects.create(
            kept_kind=CUSTOMER, kept_id=one.pk, gone_kind=CUSTOMER, gone_id=10**9 + number,
            kept_title=one.name, gone_title="走了", at=now, kept_before={}, gone_before={},
        )  # fmt: skip
        case = CollisionCase.objects.create(
            number=f"K{number}", title=one.name, subject_kind=CUSTOMER, subject_id=one.pk,
            origin="entry", opened_at=now, due_at=now + timedelta(days=2),
        )  # fmt: skip
        for side, place in (("holder", number), ("newcomer", number + 1)):
            member = company.members[place % len(company.members)]
            CollisionParty.objects.get_or_create(
                case=case,
                member=member,
                defaults={"side": side, "department_id": member.department_id},
            )


def check_other_readers(company, number: int, member: Member) -> None:
    """Each shows exactly what the rule allows, and of the rest no name."""
    customers = company.records["customer"]
    seen = {one.pk for one in customers if company.may(number, VIEW, one)}
    check_warnings(company, number, member, seen)
    check_cards(customers, member, seen)
    check_cases(company, number, member)
    found = set(visible_merges(member).values_list("kept_id", flat=True))
    assert found == {one.pk for one in customers if company.may(number, MERGE, one)}, "merges"
    may = {
        one.pk
        for one in customers
        if one.pk in seen
        and (one.owner_id == member.pk or company.may(number, "leads.share_customer", one))
    }
    assert set(answerable(member, CUSTOMER).values_list("pk", flat=True)) == may, "requests"
    named = records.named(member, [("leads.customer", one.pk) for one in customers])
    assert {pk for _kind, pk in named} == seen, "operation log"
    check_figures(company, number, member, seen)
    check_programs(company, number, member, seen)


def check_programs(company, number: int, member: Member, seen: set[int]) -> None:
    """A program lists and reads what its member may see, and people at those customers."""
    request = SimpleNamespace(member=member, GET=QueryDict())
    leads = {one.pk for one in company.records["lead"] if company.may(number, LEADS, one)}
    ways = (
        (list_leads, LeadsAsked, leads, "id"),
        (list_customers, CustomersAsked, seen, "id"),
        (list_contacts, ContactsAsked, seen, "customer"),
    )
    for way, asked, wanted, key in ways:
        rows = [one[key] for one in way(request, asked())["items"]]
        found = {one["id"] if isinstance(one, dict) else one for one in rows}
        assert found == wanted, way.__name__
    for one in company.records["customer"]:
        try:
            told = read_customer(request, one.pk)["id"]
        except Http404:
            told = None
        assert told == (one.pk if one.pk in seen else None)


def check_warnings(company, number: int, member: Member, seen: set[int]) -> None:
    """A pair is there for who sees one side; the other side's name is cut."""
    fields = ("left_kind", "left_id", "right_kind", "right_id")
    rows = list(visible_risks(member).values(*fields, "score"))
    wanted = [
        pair
        for pair in CollisionRisk.objects.values_list("left_id", "right_id")
        if seen & set(pair)
    ]
    assert sorted((row["left_id"], row["right_id"]) for row in rows) == sorted(wanted), number
    for row, told in zip(rows, told_to(member, rows), strict=True):
        assert told.sees_both == ({row["left_id"], row["right_id"]} <= seen)
        for side in ("left", "right"):
            card = getattr(told, side)
            assert card.is_visible == (row[f"{side}_id"] in seen)
            assert bool(card.url) == card.is_visible


def check_cards(customers, member: Member, seen: set[int]) -> None:
    """The duplicate card is whole for who may see the record, redacted for everybody else."""
    matches = [Match(CUSTOMER, one.pk, one.owner_id, 1.0, "same", ()) for one in customers]
    for one, card in zip(customers, cards_for(member, matches), strict=True):
        assert card.is_visible == (one.pk in seen)
        assert (card.record_id, bool(card.url)) == (
            (one.pk, True) if one.pk in seen else (None, False)
        )


def check_cases(company, number: int, member: Member) -> None:
    """Within reach by any of its parties; no share carries it."""
    wanted = {
        case.pk
        for case in CollisionCase.objects.prefetch_related("parties")
        if any(reaches(company, number, member, party) for party in case.parties.all())
    }
    assert set(visible_cases(member).values_list("pk", flat=True)) == wanted, number


def reaches(company, number: int, member: Member, party: CollisionParty) -> bool:
    held = [company.roles[one].get("leads.view_case") for one in company.held[number]]
    for scope, chosen in filter(None, held):
        if scope == Scope.ALL or party.member_id == member.pk:
            return True
        reached: set[int] = set()
        if member.department_id and scope == Scope.DEPARTMENT:
            reached = {member.department_id}
        elif member.department_id and scope == Scope.TREE:
            reached = company.below(member.department)
        elif scope == Scope.CHOSEN:
            reached = set().union(*(company.below(company.departments[one]) for one in chosen))
        if party.department_id in reached:
            return True
    return False


def check_figures(company, number: int, member: Member, seen: set[int]) -> None:
    """The home page counts what the lists show; the rows behind a figure are no others."""
    deals = {
        one.pk
        for one in company.records["opportunity"]
        if company.may(number, "leads.view_opportunity", one)
    }
    orders = {
        one.pk for one in company.records["order"] if company.may(number, "orders.view_order", one)
    }
    assert {one.pk for one in figures.deals_of(member)} == deals
    assert {one.pk for one in visible_opportunities(member)} == deals
    assert {one.pk for one in figures.orders_of(member)} == orders
    request = RequestFactory().get("/")
    request.member, request.organization = member, member.organization
    ids = [one.pk for one in company.records["customer"]]
    try:
        rows = {one.pk for one in metrics._customers(request, ids, None)}
    except Http404:
        rows = set()
    assert rows == seen
