"""The screen, the list, the way back: as far as each one may."""

import pytest
from django.contrib.messages import get_messages

from crm.audit import services as audit
from crm.audit.records import named
from crm.people.enums import Scope
from crm.people.models import Role
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from crm.tenancy.links import tenant_url
from leads.models import Contact, Customer, Lead, Merge
from leads.services import merging
from leads.services.customers import update_customer
from leads.views import contacts
from tests.support.cast import add_person


@pytest.fixture
def url(tenant):
    return lambda name, *args: tenant_url(tenant.organization, f"leads:{name}", *args)


@pytest.fixture
def pair(graph):
    return (
        graph.customer("苏州同光精密机械有限公司", phone="13812346688"),
        graph.customer("苏州同光精密", city="苏州"),
    )


def test_a_manager_merges_on_the_screen_and_takes_it_back(graph, pair, sign_in, url):
    browser = sign_in(graph.cast.manager)
    kept, gone = pair
    graph.deal(gone)
    address = url("merge", "customer", kept.pk, gone.pk)
    page = browser.get(address)
    text = page.content.decode()
    assert 'name="pick-name"' in text
    assert "of which 1 unfinished" in text
    assert "138 1234 6688" in text
    sent = {"kept_version": 1, "gone_version": 1, "pick-name": "gone", "reason": "同一家"}
    answer = browser.post(address, sent)
    assert answer.status_code == 302
    assert Customer.objects.get().name == "苏州同光精密"
    found = Merge.objects.get()

    moved_on = browser.get(url("customer", gone.pk))
    assert moved_on.status_code == 302
    assert moved_on.headers["Location"] == url("customer", kept.pk)
    assert browser.post(url("edit_customer", gone.pk), {"name": "x"}).status_code == 302
    assert Customer.objects.get().name == "苏州同光精密"

    story = browser.get(url("customer", kept.pk)).content.decode()
    assert "merged another record into it" in story
    assert "苏州同光精密 · 同一家" in story
    assert "同一家" in browser.get(url("merges")).content.decode()
    question = browser.get(url("undo_merge", found.pk)).content.decode()
    assert "Undo the merge" in question
    assert browser.post(url("undo_merge", found.pk)).status_code == 302
    assert Customer.objects.count() == 2


def test_a_page_read_before_a_change_comes_back(graph, pair, sign_in, url):
    kept, gone = pair
    Customer.objects.filter(pk=gone.pk).update(version=2)
    sent = {"kept_version": 1, "gone_version": 1}
    answer = sign_in(graph.cast.manager).post(url("merge", "customer", kept.pk, gone.pk), sent)
    assert answer.status_code == 422
    assert Merge.objects.count() == 0


def test_both_records_must_be_within_reach(graph, pair, sign_in, url):
    kept, gone = pair
    Customer.objects.filter(pk=gone.pk).update(owner=graph.cast.northerner, department=None)
    for member in (graph.cast.agent, graph.cast.manager):
        browser = sign_in(member)
        for name in ("merge", "keep_separate"):
            assert browser.get(url(name, "customer", kept.pk, gone.pk)).status_code == 404
        assert browser.get(url("customer", gone.pk)).status_code == 404
    assert (
        sign_in(graph.cast.owner).get(url("merge", "customer", kept.pk, gone.pk)).status_code == 200
    )


def test_similar_records_are_offered_first(graph, pair, sign_in, url):
    kept, gone = pair
    page = sign_in(graph.cast.manager).get(url("merge_with", "customer", kept.pk)).content.decode()
    assert url("merge", "customer", kept.pk, gone.pk) in page
    lead = graph.lead("苏州同光精密机械")
    page = sign_in(graph.cast.manager).get(url("merge_with", "lead", lead.pk)).content.decode()
    assert url("merge", "attach", kept.pk, lead.pk) in page


def test_two_ticked_records_meet_on_the_screen(graph, pair, sign_in, url):
    browser = sign_in(graph.cast.manager)
    ids = [one.pk for one in pair]
    answer = browser.post(url("merge_customers"), {"ids": ids})
    assert answer.headers["Location"] == url("merge", "customer", *ids)
    answer = browser.post(url("merge_customers"), {"ids": ids[:1]})
    assert answer.headers["Location"] == url("customers")
    leads = [graph.lead("上海蓝鲸").pk, graph.lead("上海蓝鲸科技").pk]
    answer = browser.post(url("merge_leads"), {"ids": leads})
    assert answer.headers["Location"] == url("merge", "lead", *leads)
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_keeping_both_asks_for_owner_and_reason(graph, pair, sign_in, url):
    Customer.objects.filter(pk=pair[1].pk).update(owner=graph.cast.colleague)
    address = url("keep_separate", "customer", *(one.pk for one in pair))
    browser = sign_in(graph.cast.manager)
    assert "王磊" in browser.get(address).content.decode()
    sent = {"owner": graph.cast.colleague.pk, "reason": "两个厂"}
    done = browser.post(address, sent, headers={"HX-Request": "true", "X-Frame": "modal"})
    # the merge under the modal is over too: on to the record
    assert done.headers["HX-Redirect"].endswith(f"/customers/{pair[0].pk}/")
    assert {one.owner for one in Customer.objects.all()} == {graph.cast.colleague}


def test_a_stranger_finds_no_merge(graph, pair, sign_in, url):
    found = Merge.objects.create(
            kept_kind="customer", kept_id=pair[0].pk, gone_kind="customer", gone_id=pair[1].pk,
            kept_title="a", gone_title="b", at=pair[0].created_at,
        )  # fmt: skip
    assert sign_in(graph.cast.northerner).get(url("merged", found.pk)).status_code == 404
    assert Lead.objects.count() == 0


def test_the_story_goes_on_with_what_was_done_to_the_other(graph, pair, as_member, sign_in, url):
    kept, gone = pair
    with as_member(graph.cast.colleague):
        update_customer(customer_id=gone.pk, by=graph.cast.colleague, website="b.cn")
    gone.refresh_from_db()
    merging.merge(kept=kept, gone=gone, by=graph.cast.manager)
    story = sign_in(graph.cast.manager).get(url("customer", kept.pk)).content.decode()
    assert "李娜" in story
    assert "b.cn" in story


def test_one_who_may_merge_customers_only_gets_to_every_page(graph, pair, sign_in, url):
    kept, gone = pair
    grants = dict.fromkeys(("leads.merge_customer", "leads.view_customer"), Scope.ALL.value)
    Role.objects.create(code="merger", name="Merger", grants=grants)
    member = add_person(graph.cast, "merger", department="office", role="merger")
    browser = sign_in(member)
    assert browser.get(url("merge_with", "customer", kept.pk)).status_code == 200
    assert browser.get(url("merge", "customer", kept.pk, gone.pk)).status_code == 200
    found = merging.merge(kept=kept, gone=gone, by=member)
    assert gone.name in browser.get(url("merges")).content.decode()
    assert browser.get(url("merged", found.pk)).status_code == 200
    assert browser.post(url("undo_merge", found.pk)).status_code == 302
    one, two = graph.lead("蓝鲸科技"), graph.lead("蓝鲸信息")
    assert browser.get(url("merge", "lead", one.pk, two.pk)).status_code == 404


def test_what_is_sent_in_the_moment_of_the_merge_is_answered_in_words(
    graph, tenant, sign_in, url, monkeypatch
):
    """The page was asked for before the merge, the change comes after it."""
    kept, gone = graph.customer("同光精密"), graph.customer("蓝鲸科技")
    real = contacts.customer_or_404

    def then_merged(member, pk, *args):
        found = real(member, pk, *args)
        merging.merge(kept=kept, gone=gone, by=tenant.manager)
        return found

    monkeypatch.setattr(contacts, "customer_or_404", then_merged)
    answer = sign_in(tenant.agent).post(url("create_contact", gone.pk), {"name": "李敏"})
    said = [str(one) for one in get_messages(answer.wsgi_request)]
    assert answer.status_code == 302
    assert said == ["“蓝鲸科技” has been merged into another record meanwhile."]
    assert not Contact.objects.exists()


def test_the_log_names_what_was_merged_away_and_leads_to_what_it_became(graph, pair, sign_in, url):
    kept, gone = pair
    last = graph.customer("昆山同光精密")
    merging.merge(kept=kept, gone=gone, by=graph.cast.manager, reason="同一家")
    kept.refresh_from_db()
    merging.merge(kept=last, gone=kept, by=graph.cast.manager, reason="又一家")
    audit.record("customer.exported", target=Customer.every.get(pk=gone.pk))
    log = tenant_url(graph.cast.organization, "audit:log")
    html = sign_in(graph.cast.owner).get(log).content.decode()
    assert "苏州同光精密 (merged into 昆山同光精密)" in html
    assert url("customer", last.pk) in html
    assert named(graph.cast.northerner, [("leads.customer", gone.pk)]) == {}


def test_undone_the_other_client_is_its_owners_again(graph, pair, sign_in, url):
    """What it was before the merge stood on the page of the merge for the kept one's owner."""
    kept, gone = pair
    Customer.objects.filter(pk=gone.pk).update(owner=graph.cast.northerner, website="b.cn")
    found = merging.merge(kept=kept, gone=gone, by=graph.cast.owner)
    page, browser = url("merged", found.pk), sign_in(graph.cast.agent)
    assert "b.cn" in browser.get(page).content.decode()
    answer = browser.post(url("undo_merge", found.pk))
    assert answer.headers["Location"] == url("customer", kept.pk)
    assert browser.get(page).status_code == 404
    assert gone.name not in browser.get(url("merges")).content.decode()
    assert sign_in(graph.cast.owner).get(page).status_code == 200


def test_why_it_cannot_be_undone_names_no_client_one_cannot_see(graph, sign_in, url):
    code, other = "91320594MA1MABCD49", "哈尔滨北国电机厂"
    kept, gone = graph.customer("苏州同光精密"), graph.customer("昆山同光精密", credit_code=code)
    found = merging.merge(kept=kept, gone=gone, by=graph.cast.agent)
    Customer.objects.filter(pk=kept.pk).update(credit_code="")
    taken = graph.customer(other, credit_code=code)
    place = {"owner": graph.cast.northerner, "department": graph.cast.departments["north"]}
    Customer.objects.filter(pk=taken.pk).update(**place)
    page = url("merged", found.pk)
    assert other in sign_in(graph.cast.owner).get(page).content.decode()
    browser = sign_in(graph.cast.agent)
    assert "a client you cannot see" in browser.get(page).content.decode()
    assert other not in browser.get(page).content.decode()
    refused = browser.post(url("undo_merge", found.pk))
    assert other not in str(list(get_messages(refused.wsgi_request)))


def test_whoever_loses_a_record_to_a_hidden_one_is_not_told_its_name(graph, pair):
    kept, gone = pair
    for one, member in ((kept, graph.cast.northerner), (gone, graph.cast.agent)):
        Customer.objects.filter(pk=one.pk).update(owner=member, department=member.department)
    with acting_as(graph.cast.owner.pk):
        merging.merge(kept=kept, gone=gone, by=graph.cast.owner, picks={"owner": "kept"})
    told = dict(Notification.objects.values_list("member", "title"))
    assert told == {
        graph.cast.northerner.pk: f"{gone.name} → {kept.name}",
        graph.cast.agent.pk: f"{gone.name} → {gone.name}****",
    }
