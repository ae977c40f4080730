"""What a merge does, what it refuses, and what an undo leaves alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.access import grants
from crm.audit.models import OperationLog
from crm.people.models import Role
from crm.refusals import Refused
from crm.teamwork.models import Task
from leads.enums import LeadStatus
from leads.models import (
    CompanyAlias,
    Contact,
    Customer,
    CustomerGrant,
    IdentityJudgement,
    Lead,
    Merge,
    Opportunity,
)
from leads.references import foreign_keys_to, references_to
from leads.selectors.candidates import identity_of
from leads.selectors.identity import find_similar
from leads.selectors.merging import preview, steps_of
from leads.services import merging
from leads.services.refusals import StaleRecord, WrongState
from orders.models import Order, Quote
from payments.models import PayerAlias
from payments.services.aliases import customers_by_key, key_index
from tests.leads.merging.world import KINDS, Graph
from tests.orders.world import submitted

A, B, C = "苏州同光精密机械有限公司", "苏州同光精密", "上海蓝鲸科技有限公司"


@pytest.fixture
def pair(graph: Graph) -> tuple[Customer, Customer]:
    return graph.customer(A, phone="0512-66668888"), graph.customer(
        B, city="苏州", address="星湖街"
    )


def merged(pair, by, **more) -> Merge:
    kept, gone = pair
    return merging.merge(kept=kept, gone=gone, by=by, **more)


def test_everything_that_points_at_the_one_points_at_the_other(graph, pair):
    kept, gone = pair
    for kind in KINDS:
        graph.add(kind, gone, 0)
    merged(pair, graph.cast.manager)
    for one in references_to(Customer):
        assert not one.rows(Customer, gone.pk).exists(), one
    assert Order.objects.get().customer == kept
    assert Quote.objects.get().customer == kept
    assert Task.objects.get().subject_id == kept.pk
    assert kept.contacts.count() == 1


def test_the_one_that_went_is_nowhere_and_is_still_known_by_its_name(graph, pair):
    kept, gone = pair
    merged(pair, graph.cast.manager)
    assert list(Customer.objects.all()) == [kept]
    assert Customer.every.get(pk=gone.pk).merged_into == kept
    assert Customer.successor_of(gone.pk) == kept
    assert [one.pair for one in find_similar(identity_of(gone))] == [("customer", kept.pk)]
    assert CompanyAlias.objects.get().text == B


def test_the_first_that_is_not_empty_wins_and_an_address_stays_whole(graph):
    kept = graph.customer(A, province="32", industry="machinery")
    gone = graph.customer(B, city="苏州", address="星湖街", phone="0512-66668888", website="b.cn")
    found = merged((kept, gone), graph.cast.manager, picks={"place": "gone", "name": "kept"})
    kept = Customer.objects.get()
    assert (kept.name, kept.phone, kept.website, kept.industry) == (
        A, "0512-66668888", "b.cn", "machinery",
    )  # fmt: skip
    assert (kept.province, kept.city, kept.address) == (gone.province, "苏州", "星湖街")
    assert found.picks["phone"] == "gone"
    assert found.kept_before["phone"] == ""


def test_notes_of_leads_are_both_kept(graph):
    kept, gone = graph.lead(A, need="三台机床"), graph.lead(B, need="十月交货")
    merged((kept, gone), graph.cast.manager)
    assert Lead.objects.get().need == "三台机床\n\n十月交货"


def test_fields_one_may_not_write_keep_their_value(graph, pair):
    rep = Role.objects.get(code="manager")
    rep.field_rights = {"leads.customer.phone": 1}
    rep.save(update_fields=["field_rights"])
    kept, gone = graph.customer(C), graph.customer("上海蓝鲸", phone="021-55556666")
    from crm.people.models import Member  # noqa: PLC0415

    manager = Member.objects.get(pk=graph.cast.manager.pk)
    merged((kept, gone), manager, picks={"phone": "gone"})
    assert Customer.objects.get(pk=kept.pk).phone == ""


def test_the_same_person_is_one_contact_and_comes_back_as_two(graph, pair):
    kept, gone = pair
    mine = graph.contact(kept, "李敏", phone="13800000001", is_primary=True)
    theirs = graph.contact(gone, "李工", phone="138 0000 0001", email="li@b.cn", is_primary=True)
    namesake = graph.contact(gone, "李敏", phone="13800000002")
    deal = graph.deal(gone, theirs)
    found = merged(pair, graph.cast.manager)
    assert {one.pk for one in Contact.objects.filter(customer=kept)} == {mine.pk, namesake.pk}
    assert Opportunity.objects.get(pk=deal.pk).contact == mine
    assert Contact.objects.get(pk=mine.pk).email == "li@b.cn"
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    assert {one.pk for one in Contact.objects.filter(customer=gone)} == {theirs.pk, namesake.pk}
    assert Opportunity.objects.get(pk=deal.pk).contact == theirs
    assert Contact.objects.get(pk=mine.pk).email == ""


def test_what_moves_is_counted_by_one_rule(graph, pair):
    """Before and after: what both have, and who is known to both, moves nowhere."""
    kept, gone = pair
    graph.contact(kept, "李敏", phone="13800000001")
    twin = graph.contact(gone, "李工", phone="138 0000 0001")
    graph.contact(gone, "王强", phone="13800000002")
    graph.deal(gone, twin)
    for one in pair:
        grants.grant(graph.cast.northerner, "view", one)
    before = preview(kept, gone, graph.cast.manager)
    found = merged(pair, graph.cast.manager)
    assert {(one.label, one.count) for one in before.loads} == {
        (one.label, one.count) for one in steps_of(found)
    }
    assert before.total == found.count == 2
    lead = graph.lead(C)
    graph.add("follow_up", lead, 1)
    before = preview(kept, lead, graph.cast.manager)
    found = merged((Customer.objects.get(), lead), graph.cast.manager)
    assert before.total == found.count == sum(one.count for one in steps_of(found)) == 1


def test_of_two_shares_with_one_person_the_longer_counts(graph, pair):
    kept, gone = pair
    soon, late = (timezone.now() + timedelta(days=days) for days in (1, 9))
    grants.grant(graph.cast.northerner, "view", kept, until=soon)
    grants.grant(graph.cast.northerner, "view", gone, until=late)
    found = merged(pair, graph.cast.manager)
    assert CustomerGrant.objects.get(content_object=kept).expires_at == late
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    assert CustomerGrant.objects.get(content_object=kept).expires_at == soon


def test_a_payer_of_both_is_no_conflict(graph, pair):
    for one in pair:
        PayerAlias.objects.create(key="name:x", customer=one, times=2, learned_at=timezone.now())
    merged(pair, graph.cast.manager)
    assert customers_by_key(["name:x"]) == {"name:x": [pair[0].pk]}
    alias = PayerAlias.objects.get(key_index=key_index("name:x"), customer=pair[0])
    assert alias.times == 4


def test_the_credit_code_goes_along_and_comes_back(graph):
    kept, gone = graph.customer(A), graph.customer(B, credit_code="91320594MA1MABCD49")
    found = merged((kept, gone), graph.cast.manager)
    assert Customer.objects.get().credit_code == gone.credit_code
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    assert Customer.objects.get(pk=gone.pk).credit_code == gone.credit_code
    assert Customer.objects.get(pk=kept.pk).credit_code == ""


def test_what_changed_since_stays_with_the_kept_one(graph, pair):
    kept, gone = pair
    deal = graph.deal(gone)
    found = merged(pair, graph.cast.manager, picks={"place": "gone"})
    Customer.objects.filter(pk=kept.pk).update(city="无锡")
    newer = graph.deal(kept)
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    kept = Customer.objects.get(pk=kept.pk)
    assert (kept.city, kept.address) == ("无锡", "星湖街")
    assert Opportunity.objects.get(pk=deal.pk).customer_id == gone.pk
    assert Opportunity.objects.get(pk=newer.pk).customer_id == kept.pk


def test_merges_are_undone_the_last_one_first(graph, pair):
    a, b = pair
    c = graph.customer(C)
    first = merged((b, a), graph.cast.manager)
    second = merged((c, b), graph.cast.manager)
    assert Customer.successor_of(a.pk) == c
    with pytest.raises(WrongState, match="merged into"):
        merging.undo(merge_id=first.pk, by=graph.cast.manager)
    for one in (second, first):
        merging.undo(merge_id=one.pk, by=graph.cast.manager)
    assert Customer.objects.count() == 3
    with pytest.raises(WrongState, match="undone already"):
        merging.undo(merge_id=first.pk, by=graph.cast.manager)


def test_two_merges_into_one_are_undone_in_any_order(graph):
    kept = graph.customer(A)
    one, other = graph.customer(B, phone="0512-66668888"), graph.customer(C, phone="021-55556666")
    first = merged((kept, one), graph.cast.manager)
    kept.refresh_from_db()
    second = merged((kept, other), graph.cast.manager, picks={"phone": "gone"})
    merging.undo(merge_id=first.pk, by=graph.cast.manager)
    kept.refresh_from_db()
    assert kept.phone == "021-55556666"
    merging.undo(merge_id=second.pk, by=graph.cast.manager)
    kept.refresh_from_db()
    assert kept.phone == ""


def test_a_merge_that_leans_on_an_earlier_one_is_undone_first(graph, pair):
    kept, gone = pair
    theirs = graph.contact(gone, "李敏", phone="13800000001")
    first = merged(pair, graph.cast.manager)
    third = graph.customer(C)
    graph.deal(third, graph.contact(third, "李敏", phone="13800000001"))
    merged((Customer.objects.get(pk=kept.pk), third), graph.cast.manager)
    assert Opportunity.objects.get().contact == theirs
    with pytest.raises(WrongState, match="later merge"):
        merging.undo(merge_id=first.pk, by=graph.cast.manager)


def test_after_thirty_days_it_is_final(graph, pair):
    found = merged(pair, graph.cast.manager)
    Merge.objects.filter(pk=found.pk).update(at=timezone.now() - timedelta(days=30, minutes=1))
    with pytest.raises(WrongState, match="30 days"):
        merging.undo(merge_id=found.pk, by=graph.cast.manager)


def test_a_stale_page_and_a_second_merge_are_refused(graph, pair):
    with pytest.raises(StaleRecord):
        merged(pair, graph.cast.manager, versions=(1, 7))
    merged(pair, graph.cast.manager, versions=(1, 1))
    with pytest.raises(WrongState, match="meanwhile"):
        merged((graph.customer(C), pair[1]), graph.cast.manager)


def test_an_order_in_approval_keeps_its_customer(graph, pair):
    order = submitted(graph.cast.agent, pair[1])
    with pytest.raises(Refused, match=order.number):
        merged(pair, graph.cast.manager)
    merged(pair[::-1], graph.cast.manager)
    assert Order.objects.get(pk=order.pk).customer == pair[1]


def test_a_converted_lead_is_merged_as_its_customer(graph):
    kept, gone = graph.lead(A), graph.lead(B)
    Lead.objects.filter(pk=gone.pk).update(status=LeadStatus.CONVERTED)
    with pytest.raises(WrongState, match="converted"):
        merged((kept, gone), graph.cast.manager)


def test_a_lead_attached_stays_readable_and_comes_back_open(graph, pair):
    lead = graph.lead(B, contact_name="李敏", phone="13812345678")
    graph.add("follow_up", lead, 1)
    found = merged((pair[0], lead), graph.cast.manager)
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.status, lead.customer) == (LeadStatus.CONVERTED, pair[0])
    assert pair[0].contacts.get().name == "李敏"
    assert pair[0].follow_ups.count() == 1
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    assert Lead.objects.get(pk=lead.pk).status == LeadStatus.NEW
    assert pair[0].contacts.count() == pair[0].follow_ups.count() == 0


def test_what_was_entered_in_that_very_moment_follows(graph, pair):
    kept, gone = pair
    found = merged(pair, graph.cast.manager)
    stray = graph.deal(Customer.every.get(pk=gone.pk))
    merging.gather_strays(merge_id=found.pk)
    assert Opportunity.objects.get(pk=stray.pk).customer == kept
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    assert Opportunity.objects.get(pk=stray.pk).customer_id == gone.pk


def test_both_can_stay_in_one_hand_and_are_not_reported_again(graph, pair):
    left, right = pair
    Customer.objects.filter(pk=right.pk).update(owner=graph.cast.colleague)
    merging.keep_separate(
        left=left, right=right, owner=graph.cast.agent, by=graph.cast.manager, reason="两个厂"
    )
    assert {one.owner for one in Customer.objects.all()} == {graph.cast.agent}
    assert IdentityJudgement.objects.get().verdict == "separate"
    assert OperationLog.objects.filter(action="customer.kept_separate").count() == 2


def test_both_stories_tell_it(graph, pair):
    found = merged(pair, graph.cast.manager, reason="同一家")
    merging.undo(merge_id=found.pk, by=graph.cast.manager)
    told = OperationLog.objects.filter(action__startswith="customer.merge")
    assert {(one.action, one.subject_id) for one in told} == {
        ("customer.merged", pair[0].pk),
        ("customer.merged_away", pair[1].pk),
        ("customer.merge_undone", pair[0].pk),
        ("customer.merge_undone", pair[1].pk),
    }


def test_every_reference_is_covered():
    found = {one.label for one in foreign_keys_to(Customer)}
    assert found >= {"orders.order", "orders.quote", "leads.contact"}
