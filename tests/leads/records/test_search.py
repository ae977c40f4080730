import pytest

from crm.web import search
from leads.services.contacts import create_contact

pytestmark = pytest.mark.usefixtures("mounted")


@pytest.mark.parametrize(
    "text",
    ["苏州同光", "同光精密", "同光", "suzhoutong", "13812345678", "1381234", "李敏", "L26-0"],
)
def test_a_lead_is_found_by_what_people_type(lead, tenant, text):
    found = search.find(tenant.agent, text)
    if text == "L26-0":
        text = lead.number[:5]
        found = search.find(tenant.agent, text)
    assert [hit.title for group in found for hit in group.hits] == [lead.company_name]


def test_customers_contacts_and_deals_too(customer, deal, tenant):
    create_contact(customer_id=customer.pk, by=tenant.agent, name="陈晨", phone="13655556666")
    kinds = [[hit.title for hit in one.hits] for one in search.find(tenant.agent, "云帆")]
    assert [customer.name] in kinds
    assert [deal.name] in kinds
    assert [hit.title for hit in search.find(tenant.agent, "陈晨")[0].hits] == ["陈晨"]


def test_only_what_the_member_may_see(lead, customer, deal, tenant):
    assert search.find(tenant.northerner, "苏州同光") == []
    assert search.find(tenant.northerner, "云帆") == []


def test_no_index_is_left_unused(lead, tenant):
    """Prefixes are ranges and keys equalities: nothing that row-level security turns off."""
    from leads.models import Lead
    from leads.selectors.matching_text import narrow_leads

    sql = str(narrow_leads(Lead.objects.all(), "同光").query)
    assert "LIKE" not in sql
    assert "UPPER" not in sql
