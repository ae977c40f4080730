"""Sharing: to people and departments, to a day, never more than one holds."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.access import policy
from crm.access.grants import EDIT, VIEW
from crm.jobs.models import Job
from crm.sharing.errors import MayNotShare, WithoutEffect
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import shares_of
from crm.sharing.services.shares import end_shares, share, take_back
from crm.teamwork.models import Notification
from crm.tenancy.clock import end_of, organization_today
from leads.models import CustomerGrant
from tests.crm.sharing.conftest import fill

CUSTOMER = "leads.customer"


def share_with(book, by, *receivers, action=VIEW, **more):
    return share(
        noun=noun(CUSTOMER),
        ids=[book.customers[0].pk],
        receivers=receivers,
        action=action,
        by=by,
        **more,
    )


def test_people_and_departments_hold_what_was_said_last(tenant, book):
    customer, north = book.customers[0], tenant.departments["north"]
    share_with(book, tenant.agent, tenant.colleague, north, action=EDIT, reason="一起做")
    assert policy.allowed(tenant.northerner, "leads.edit_customer", customer)
    share_with(book, tenant.agent, tenant.colleague)
    assert not policy.allowed(tenant.colleague, "leads.edit_customer", customer)
    held = [(one.receiver, one.may_edit, one.by, one.reason) for one in shares_of(customer)]
    assert held == [
        (tenant.colleague, False, tenant.agent.name, ""),
        (north, True, tenant.agent.name, "一起做"),
    ]


def test_a_share_lasts_to_the_end_of_the_day_where_the_organisation_is(tenant, book):
    today = organization_today()
    share_with(book, tenant.agent, tenant.colleague, until=today)
    (held,) = shares_of(book.customers[0])
    midnight = datetime.combine(
        today + timedelta(days=1), datetime.min.time(), tzinfo=ZoneInfo("Asia/Shanghai")
    )
    assert held.until == midnight
    assert Job.objects.get(name="sharing.end_shares").run_after == midnight


def test_nobody_shares_more_than_they_hold(tenant, book):
    customer = book.customers[0]
    share_with(book, tenant.agent, tenant.northerner, action=EDIT)
    with pytest.raises(MayNotShare):
        share_with(book, tenant.northerner, tenant.colleague)
    with pytest.raises(MayNotShare):
        share_with(book, tenant.finance, tenant.colleague)
    assert not policy.allowed(tenant.colleague, "leads.view_customer", customer)


def test_whose_right_to_share_reaches_all_shares_all(tenant, book):
    share_with(book, tenant.owner, tenant.northerner, action=EDIT)
    assert policy.allowed(tenant.northerner, "leads.edit_customer", book.customers[0])


def test_a_share_that_would_open_nothing_is_refused(tenant, book):
    with pytest.raises(WithoutEffect):
        share_with(book, tenant.agent, tenant.service, action=EDIT)


def test_what_hangs_on_a_customer_comes_along_when_asked(tenant, book):
    found = share_with(book, tenant.agent, tenant.northerner, includes_along=True)
    assert dict(found.along) == {"leads.opportunity": 1, "orders.quote": 1, "orders.order": 1}
    assert policy.allowed(tenant.northerner, "orders.view_order", book.orders[0])
    assert not policy.allowed(tenant.northerner, "orders.view_order", book.orders[1])


def test_a_colleagues_order_does_not_come_along(tenant, book):
    order = book.orders[0]
    order.owner = tenant.colleague
    order.save(update_fields=["owner"])
    found = share_with(book, tenant.agent, tenant.northerner, includes_along=True)
    assert "orders.order" not in found.along


def test_an_ended_share_opens_nothing_and_is_cleared_away(tenant, book):
    customer = book.customers[0]
    share_with(book, tenant.agent, tenant.northerner, until=organization_today())
    assert policy.allowed(tenant.northerner, "leads.view_customer", customer)
    CustomerGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    tenant.northerner.granted.clear()
    assert not policy.allowed(tenant.northerner, "leads.view_customer", customer)
    assert shares_of(customer) == []
    assert end_shares(noun=noun(CUSTOMER)) == 1
    assert end_shares(noun=noun(CUSTOMER)) == 0
    kinds = Notification.objects.filter(member=tenant.northerner).values_list("kind", flat=True)
    assert set(kinds) == {"record-shared", "share-ended"}


def test_taking_back_tells_the_receiver(tenant, book):
    share_with(book, tenant.agent, tenant.northerner, action=EDIT)
    ids = [book.customers[0].pk]
    assert take_back(noun=noun(CUSTOMER), ids=ids, receiver=tenant.northerner) == 1
    assert take_back(noun=noun(CUSTOMER), ids=ids, receiver=tenant.northerner) == 0
    assert not policy.allowed(tenant.northerner, "leads.view_customer", book.customers[0])


def test_the_number_of_records_does_not_change_the_number_of_queries(tenant):
    every = [one.pk for one in fill(tenant.agent, 34).customers]

    def asked(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            share(
                noun=noun(CUSTOMER),
                ids=ids,
                receivers=[tenant.northerner, tenant.departments["north"]],
                action=VIEW,
                by=tenant.agent,
                includes_along=True,
            )
        return len(queries)

    asked(every[:1])  # what a process remembers is asked about once
    assert asked(every[1:4]) == asked(every[4:])


def test_a_day_ends_when_the_next_begins(tenant):
    day = organization_today()
    assert (end_of(day) - timedelta(seconds=1)).astimezone(ZoneInfo("Asia/Shanghai")).date() == day
