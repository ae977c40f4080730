"""A change of many records is logged in the time of one statement, however the first one was."""

import time

import pytest

from crm.audit.models import OperationLog
from crm.tenancy.context import tenant_context
from leads.models import Customer

MANY = 3_000


@pytest.mark.slow
def test_many_changes_after_a_single_one_keep_their_speed(cast):
    agent = cast.agent
    with tenant_context(cast.organization.pk, member_id=agent.pk):
        Customer.objects.bulk_create(
            Customer(
                name=f"公司{number}", number=f"C{number}", owner=agent, department=agent.department
            )
            for number in range(MANY)
        )
        first = Customer.objects.order_by("pk").first()
        Customer.objects.filter(pk=first.pk).update(next_step="电话")
        started = time.perf_counter()
        Customer.objects.update(next_step="拜访")
        took = time.perf_counter() - started
        lines = OperationLog.objects.filter(subject_kind="leads.customer")
        assert lines.count() == MANY + 1
    # a nested loop over both sides would take minutes
    assert took < 10
