"""Shares and transfers on the timeline, in the reader's words."""

from datetime import timedelta

import pytest

from crm.sharing.nouns import noun
from crm.sharing.services.shares import share
from crm.sharing.services.transfers import Wish, request_transfer
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as


@pytest.mark.parametrize(
    ("key", "shelf"),
    [
        ("leads.customer", "customers"),
        ("leads.opportunity", "deals"),
        ("orders.quote", "quotes"),
        ("orders.order", "orders"),
    ],
)
def test_the_record_tells_who_lent_it_and_who_gave_it(tenant, book, sign_in, url, key, shelf):
    of, record = noun(key), getattr(book, shelf)[0]
    with acting_as(tenant.agent.pk):
        share(
            noun=of,
            ids=[record.pk],
            receivers=[tenant.northerner, tenant.departments["office"]],
            action="edit",
            by=tenant.agent,
            until=organization_today() + timedelta(days=3),
            reason="联合投标",
        )
    with acting_as(tenant.manager.pk):
        wish = Wish(receiver=tenant.colleague, reason="片区调整")
        request_transfer(of=of, ids=[record.pk], wish=wish, by=tenant.manager)
    html = sign_in(tenant.manager).get(url(of.record_url, record.pk)).content.decode()
    assert "联合投标" in html
    assert f"{tenant.agent.name} → {tenant.colleague.name} · 片区调整" in html
    assert tenant.northerner.name in html


def test_a_transfer_that_waits_is_seen_on_the_record(tenant, book, sign_in, url):
    wish = Wish(
        receiver=tenant.colleague,
        reason="x",
        effective_date=organization_today() + timedelta(days=9),
    )
    of = noun("leads.lead")
    request_transfer(of=of, ids=[book.leads[0].pk], wish=wish, by=tenant.manager)
    html = sign_in(tenant.agent).get(url(of.record_url, book.leads[0].pk)).content.decode()
    assert "Is to go to" in html
