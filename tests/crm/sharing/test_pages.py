"""The pages: dialogs, lists, forged ids, other tenants."""

import pytest

from crm.access import policy
from crm.access.grants import grant
from crm.approvals.models import Run
from crm.people.models import Member
from crm.sharing.models import HandOver, Transfer
from crm.sharing.nouns import noun
from crm.sharing.selectors.transfers import preview
from crm.sharing.services.shares import share
from crm.tenancy.context import tenant_context
from leads.models import Customer, CustomerGrant


def seen(book, member) -> str:
    ids = [one.pk for one in book.customers]
    return preview(of=noun("leads.customer"), ids=ids, by=member).seen


@pytest.mark.parametrize(
    ("key", "shelf"),
    [
        ("leads.customer", "customers"),
        ("leads.opportunity", "deals"),
        ("orders.quote", "quotes"),
        ("orders.order", "orders"),
    ],
)
def test_one_dialog_shares_any_record(tenant, book, sign_in, url, key, shelf):
    of, record = noun(key), getattr(book, shelf)[0]
    page = url(of.page("share"), record.pk)
    answer = sign_in(tenant.agent).post(
        page, {"members": [tenant.northerner.pk], "action": "view", "reason": "协作"}
    )
    assert answer.status_code == 302
    html = sign_in(tenant.northerner).get(url(of.record_url, record.pk)).content.decode()
    assert str(record) in html
    html = sign_in(tenant.agent).get(page + f"?receiver=m{tenant.northerner.pk}").content.decode()
    assert "协作" in html
    back = url(of.page("take_back"), record.pk, f"m{tenant.northerner.pk}")
    assert sign_in(tenant.northerner).post(back).status_code == 404
    sign_in(tenant.agent).post(back)
    assert sign_in(tenant.northerner).get(url(of.record_url, record.pk)).status_code == 404


def test_owners_and_managers_share_and_nobody_else(tenant, book, sign_in, url):
    customer = book.customers[0]
    page = url("leads:share_customer", customer.pk)
    grant(tenant.northerner, "edit", customer)
    assert sign_in(tenant.agent).get(page).status_code == 200
    assert sign_in(tenant.manager).get(page).status_code == 200
    assert sign_in(tenant.northerner).get(page).status_code == 404
    assert sign_in(tenant.finance).get(page).status_code == 404


def test_many_are_shared_or_none(tenant, book, sign_in, url):
    other = Customer.objects.create(number="Z", name="别人的", owner=tenant.colleague)
    page = url("leads:bulk_share_customer")
    values = {"go": "1", "members": [tenant.northerner.pk], "action": "view"}
    ids = [one.pk for one in book.customers]
    grant(tenant.agent, "view", other)
    answer = sign_in(tenant.agent).post(page, values | {"ids": [*ids, other.pk]})
    assert answer.status_code == 422
    assert "别人的" in answer.content.decode()
    assert not CustomerGrant.objects.filter(user_id=tenant.northerner.user_id).exists()
    sign_in(tenant.agent).post(page, values | {"ids": ids})
    assert policy.allowed(tenant.northerner, "leads.view_customer", book.customers[1])


def test_forged_receivers_are_refused(other_cast, tenant, book, sign_in, url):
    page = url("leads:share_customer", book.customers[0].pk)
    for forged in (other_cast.agent.pk, 987654321, "x"):
        values = {"members": [forged], "action": "view"}
        assert sign_in(tenant.agent).post(page, values).status_code == 422
    values = {"members": [tenant.northerner.pk], "action": "owner"}
    assert sign_in(tenant.agent).post(page, values).status_code == 422
    assert not CustomerGrant.objects.exists()
    back = url("leads:take_back_customer", book.customers[0].pk, f"m{other_cast.agent.pk}")
    assert sign_in(tenant.agent).post(back).status_code == 404


def test_a_transfer_from_the_list(tenant, book, sign_in, url):
    page = url("leads:bulk_transfer_customer")
    ids = [one.pk for one in book.customers]
    html = sign_in(tenant.manager).post(page, {"ids": ids}).content.decode()
    assert book.deals[0].name in html
    values = {
        "go": "1",
        "ids": ids,
        "receiver": tenant.colleague.pk,
        "reason": "调整",
        "seen": seen(book, tenant.manager),
        "takes_along": ["orders.order"],
    }
    assert sign_in(tenant.manager).post(page, values | {"reason": ""}).status_code == 422
    assert sign_in(tenant.manager).post(page, values | {"receiver": "987654321"}).status_code == 422
    assert sign_in(tenant.manager).post(page, values | {"takes_along": ["x"]}).status_code == 422
    assert sign_in(tenant.manager).post(page, values | {"seen": "x"}).status_code == 422
    assert sign_in(tenant.manager).post(page, values).status_code == 302
    assert set(Customer.objects.values_list("owner", flat=True)) == {tenant.colleague.pk}


def test_nobody_transfers_others_records_or_to_other_tenants(
    other_cast, tenant, book, sign_in, url
):
    page = url("leads:transfer_customer", book.customers[0].pk)
    assert sign_in(tenant.colleague).get(page).status_code == 404
    assert sign_in(tenant.finance).get(page).status_code == 403
    grant(tenant.colleague, "edit", book.customers[0])
    assert sign_in(tenant.colleague).get(page).status_code == 404
    values = {"receiver": other_cast.agent.pk, "reason": "x", "seen": seen(book, tenant.agent)}
    assert sign_in(tenant.agent).post(page, values).status_code == 422
    assert Transfer.objects.count() == 0


def test_asked_decided_and_seen_by_those_concerned(tenant, book, sign_in, url):
    page = url("leads:transfer_customer", book.customers[0].pk)
    found = preview(of=noun("leads.customer"), ids=[book.customers[0].pk], by=tenant.agent)
    values = {"receiver": tenant.northerner.pk, "reason": "搬迁", "seen": found.seen}
    assert sign_in(tenant.agent).post(page, values).status_code == 302
    transfer, run = Transfer.objects.get(), Run.objects.get()
    detail = url("sharing:transfer", transfer.pk)
    assert sign_in(tenant.agent).get(detail).status_code == 200
    assert sign_in(tenant.northerner).get(detail).status_code == 200
    assert sign_in(tenant.owner).get(detail).status_code == 200
    assert sign_in(tenant.colleague).get(detail).status_code == 404
    browser = sign_in(tenant.manager)
    html = browser.get(url("approvals:detail", run.pk)).content.decode()
    assert "搬迁" in html
    assert book.customers[0].name in html
    browser.post(url("approvals:decide", run.pk), {"verdict": "approve"})
    assert Customer.objects.get(pk=book.customers[0].pk).owner_id == tenant.northerner.pk
    assert "transfer" in sign_in(tenant.agent).get(url("sharing:transfers")).content.decode()


def test_a_leaver_is_handed_over_in_the_browser(tenant, book, sign_in, url):
    browser = sign_in(tenant.owner)
    page = url("people:handover", tenant.agent.pk)
    assert browser.get(page).status_code == 200
    assert HandOver.objects.count() == 0
    to = tenant.colleague.pk
    values = {
        "to_leads_customer": to,
        "to_leads_lead": "split",
        "to_leads_opportunity": "along",
        "to_orders_quote": "along",
        "to_orders_order": "along",
        "to_teamwork_task": "along",
        "deactivates": "on",
    }
    assert browser.post(page, values | {"to_leads_lead": "987"}).status_code == 422
    assert browser.post(page, values).status_code == 302
    draft = HandOver.objects.get()
    for name in ("hand_over", "hand_over_go"):
        assert sign_in(tenant.manager).post(url(f"sharing:{name}", draft.pk)).status_code == 403
    browser = sign_in(tenant.owner)
    assert browser.get(url("sharing:hand_over", draft.pk)).status_code == 200
    rows = url("sharing:hand_over_rows", draft.pk, "leads-customer")
    assert book.customers[0].name in browser.get(rows).content.decode()
    single = {"ids": [book.customers[0].pk], "receiver": tenant.manager.pk}
    assert browser.post(rows, single).status_code == 302
    assert browser.post(url("sharing:hand_over_go", draft.pk)).status_code == 302
    assert Customer.objects.get(pk=book.customers[0].pk).owner_id == tenant.manager.pk
    assert not Member.objects.get(pk=tenant.agent.pk).is_active
    assert browser.get(url("sharing:hand_over", draft.pk)).status_code == 200
    assert browser.get(url("sharing:hand_over_moved", draft.pk, "leads-lead")).status_code == 200
    assert browser.post(url("sharing:hand_over_undo", draft.pk)).status_code == 302
    assert browser.get(url("sharing:hand_over", draft.pk)).status_code == 200
    assert set(Customer.objects.values_list("owner", flat=True)) == {tenant.agent.pk}


def test_rows_without_a_list_of_their_own_are_shown(tenant, book, sign_in, url):
    share(
        noun=noun("leads.customer"),
        ids=[book.customers[0].pk],
        receivers=[tenant.colleague],
        action="view",
        by=tenant.agent,
    )
    page = url("sharing:held", tenant.colleague.pk, "share-customer")
    assert book.customers[0].name in sign_in(tenant.owner).get(page).content.decode()
    assert sign_in(tenant.owner).get(url("sharing:held", 1, "nonsense")).status_code == 404


def test_the_rule_is_the_administrators(tenant, book, sign_in, url):
    page = url("sharing:rule")
    assert sign_in(tenant.manager).get(page).status_code == 403
    assert sign_in(tenant.owner).post(page, {"most_at_once": "1"}).status_code == 302
    with tenant_context(tenant.organization.id):
        transfer = url("leads:bulk_transfer_customer")
        values = {
            "go": "1",
            "ids": [one.pk for one in book.customers],
            "receiver": tenant.colleague.pk,
            "reason": "x",
            "seen": seen(book, tenant.agent),
        }
        sign_in(tenant.agent).post(transfer, values)
        assert Transfer.objects.get().state == "waiting"
