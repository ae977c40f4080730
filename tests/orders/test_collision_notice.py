"""The order of a client that two reps reach for says so, to whoever may read the case."""

from crm.tenancy.context import acting_as
from leads.models import CollisionCase
from leads.services.customers import create_customer
from orders.services.editing import begin_order
from tests.leads.cases.conftest import COMPANY, enter, mounted, stages, url  # noqa: F401


def test_the_order_page_leads_to_the_open_case(tenant, sign_in, url):  # noqa: F811
    with acting_as(tenant.agent.pk):
        customer = create_customer(by=tenant.agent, name=COMPANY)
        order = begin_order(customer=customer, by=tenant.agent)
    page = url("orders:detail", order.pk)
    assert "reaches for this client" not in sign_in(tenant.agent).get(page).content.decode()
    enter(tenant.colleague)
    case = CollisionCase.objects.get()
    for member in (tenant.agent, tenant.manager):
        html = sign_in(member).get(page).content.decode()
        assert f'href="{url("leads:case", case.pk)}"' in html
        assert "More than one rep reaches for this client" in html
    html = sign_in(tenant.finance).get(page).content.decode()
    assert "More than one rep reaches for this client" in html
    assert case.number not in html
