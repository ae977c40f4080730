"""A rep with customers, deals, orders and tasks; and the pages' addresses."""

from dataclasses import dataclass, field

import pytest
from django.urls import reverse

from crm.teamwork.services import create_task
from crm.tenancy.context import acting_as
from leads.models import Customer, Lead, Opportunity
from leads.services.stages import ensure_default_stages
from orders.models import Order, Quote


@dataclass
class Book:
    """What one rep holds."""

    customers: list[Customer] = field(default_factory=list)
    deals: list[Opportunity] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)


def fill(owner, count=2) -> Book:
    """So many customers with a deal, a quote, an order, a task and a lead each; in the tenant."""
    book, stage = Book(), ensure_default_stages()[0]
    owned = {"owner": owner, "department": owner.department}
    from django.utils import timezone

    for number in range(count):
        mark = f"{owner.pk}-{number}"
        customer = Customer.objects.create(
            number=f"C{mark}", name=f"客户 {mark}", province="31", **owned
        )
        deal = Opportunity.objects.create(
            number=f"O{mark}",
            name=f"商机 {mark}",
            customer=customer,
            stage=stage,
            stage_changed_at=timezone.now(),
            **owned,
        )
        order = Order.objects.create(
            number=f"SO{mark}", customer=customer, opportunity=deal, **owned
        )
        quote = Quote.objects.create(
            number=f"QT{mark}", customer=customer, opportunity=deal, **owned
        )
        lead = Lead.objects.create(number=f"L{mark}", company_name=f"线索 {mark}", **owned)
        with acting_as(owner.pk):
            create_task(title=f"任务 {mark}", owner=owner, subject=customer)
        book.customers.append(customer)
        book.deals.append(deal)
        book.orders.append(order)
        book.quotes.append(quote)
        book.leads.append(lead)
    return book


@pytest.fixture
def book(tenant) -> Book:
    return fill(tenant.agent)


@pytest.fixture
def url(tenant):
    def address(name, *args, **query):
        from django.urls import set_script_prefix

        set_script_prefix(f"/{tenant.organization.slug}/")
        try:
            found = reverse(name, urlconf="crm.tenant_urls", args=args)
        finally:
            set_script_prefix("/")
        pairs = "&".join(f"{key}={value}" for key, value in query.items())
        return f"{found}?{pairs}" if pairs else found

    return address
