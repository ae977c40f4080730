"""Who may open what, and that a page of thirty rows asks no more than one of three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.people.models import Member
from crm.tenancy.context import acting_as, tenant_context
from crm.tenancy.links import tenant_url
from leads.services.contacts import create_contact
from leads.services.conversion import Deal, convert_lead
from leads.services.leads import create_lead
from leads.services.stages import ensure_default_stages
from tests.support.exports import exported

MOST_QUERIES = 13
LISTS = ("leads:list", "leads:customers", "leads:contacts", "leads:opportunities", "leads:board")
RECORDS = (
    ("leads:detail", "lead"),
    ("leads:edit", "lead"),
    ("leads:convert", "lead"),
    ("leads:customer", "customer"),
    ("leads:edit_customer", "customer"),
    ("leads:create_contact", "customer"),
    ("leads:opportunity", "deal"),
    ("leads:edit_opportunity", "deal"),
)


def fill(agent: Member, count: int) -> None:
    """That many leads, customers, contacts and deals of one rep."""
    with acting_as(agent.pk):
        for number in range(count):
            lead = create_lead(
                by=agent,
                owner=agent,
                company_name=f"第{number}号样品公司",
                phone=f"138{number:04d}{count:04d}",
                contact_name="李敏",
                explanation="x",
            )
            convert_lead(lead_id=lead.pk, by=agent, deal=Deal(f"样品{number}"), explanation="x")


def queries_of(browser, page: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(page).status_code == 200
    return len([one for one in queries if "SAVEPOINT" not in one["sql"]])


def test_thirty_rows_ask_no_more_than_three(tenant, sign_in, url):
    ensure_default_stages()
    browser = sign_in(tenant.agent)
    fill(tenant.agent, 3)
    few = {}
    for name in LISTS:
        browser.get(url(name))
        few[name] = queries_of(browser, url(name))
    fill(tenant.agent, 30)
    many = {name: queries_of(browser, url(name)) for name in LISTS}
    # the count, once there is more than one page
    assert {name for name in LISTS if many[name] > few[name] + 1} == set()
    assert max(many.values()) <= MOST_QUERIES, many


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_to_do(tenant, sign_in, url, name):
    assert sign_in(tenant.agent).get(url(name)).status_code == 200


@pytest.mark.parametrize(("name", "kind"), RECORDS)
def test_owners_open_it_and_others_do_not(request, tenant, sign_in, url, name, kind):
    record = request.getfixturevalue(kind)
    page = url(name, record.pk)
    assert sign_in(tenant.agent).get(page).status_code == 200
    assert sign_in(tenant.manager).get(page).status_code == 200
    assert sign_in(tenant.colleague).get(page).status_code == 404
    assert sign_in(tenant.northerner).get(page).status_code == 404


@pytest.mark.parametrize("name", ["leads:list", "leads:create", "leads:create_opportunity"])
def test_without_the_permission_it_is_refused(tenant, sign_in, url, name):
    assert sign_in(tenant.finance).get(url(name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_strangers_find_nothing_and_the_unknown_sign_in(cast, other_cast, sign_in, client, name):
    page = tenant_url(cast.organization, name)
    assert sign_in(other_cast.agent).get(page).status_code == 404
    assert client.get(page).status_code == 302


def test_every_role_sees_its_part_of_the_list(lead, tenant, sign_in, url):
    page = url("leads:list")
    for part, sees in {"agent": 1, "manager": 1, "marketing": 1, "colleague": 0}.items():
        html = sign_in(getattr(tenant, part)).get(page).content.decode()
        assert html.count("tz-row-link") == sees, part


def test_a_frame_gets_the_same_page_without_the_frame(lead, tenant, sign_in, url):
    answer = sign_in(tenant.agent).get(
        url("leads:detail", lead.pk), headers={"HX-Request": "true", "X-Frame": "drawer"}
    )
    html = answer.content.decode()
    assert "<html" not in html
    assert lead.company_name in html


def test_leads_are_handed_over_in_bulk(lead, tenant, sign_in, url):
    from leads.models import Lead

    page = url("leads:bulk_assign")
    ticked = {"ids": [lead.pk]}
    assert "Assign 1 lead" in sign_in(tenant.manager).post(page, ticked).content.decode()
    sign_in(tenant.manager).post(page, ticked | {"go": "1", "member": tenant.colleague.pk})
    assert Lead.objects.get(pk=lead.pk).owner_id == tenant.colleague.pk
    assert sign_in(tenant.agent).post(page, ticked).status_code == 403


def test_bulk_reaches_only_what_the_member_may(lead, tenant, sign_in, url):
    from leads.models import Lead

    sign_in(tenant.northerner).post(
        url("leads:bulk_invalidate"), {"ids": [lead.pk], "go": "1", "reason": "x"}
    )
    assert Lead.objects.get(pk=lead.pk).status == "new"


def test_the_panel_of_filters_narrows(tenant, sign_in, url):
    fill(tenant.agent, 2)
    browser = sign_in(tenant.agent)
    shown = browser.get(url("leads:list") + "?status=converted&q=第1号").content.decode()
    assert shown.count("tz-row-link") == 1
    assert browser.get(url("leads:list") + "?status=new").content.decode().count("tz-row-link") == 0


def test_managers_export_and_reps_do_not(lead, tenant, sign_in, url):
    page = url("leads:list") + "?export=csv"
    answer = exported(sign_in(tenant.manager), page)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert b"".join(answer.streaming_content)
    assert sign_in(tenant.agent).get(page).headers["Content-Type"].startswith("text/html")


def test_the_timeline_costs_the_same_however_long(lead, tenant, sign_in, url, as_member):
    from leads.services.leads import update_lead

    browser = sign_in(tenant.agent)
    page = url("leads:detail", lead.pk)
    browser.get(page)
    counts = []
    for round_ in (3, 20):
        with as_member(tenant.agent):
            for number in range(round_):
                update_lead(lead_id=lead.pk, by=tenant.agent, need=f"{round_}-{number}")
        counts.append(queries_of(browser, page))
    assert counts[0] == counts[1]


def test_a_contact_page_opens(customer, tenant, sign_in, url):
    contact = create_contact(customer_id=customer.pk, by=tenant.agent, name="陈晨")
    for name in ("leads:contact", "leads:edit_contact"):
        assert sign_in(tenant.agent).get(url(name, contact.pk)).status_code == 200


def test_a_forged_id_of_another_organisation_is_not_found(cast, other_cast, sign_in):
    with tenant_context(other_cast.organization.id):
        theirs = create_lead(by=None, owner=other_cast.agent, company_name="别家公司")
    page = tenant_url(cast.organization, "leads:detail", theirs.pk)
    assert sign_in(cast.owner).get(page).status_code == 404
