"""Two merges with a record in common, and a merge while the world goes on."""

import pytest

from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.models import Customer, Merge
from leads.services import merging
from leads.services.stages import ensure_default_stages
from orders.models import Order
from orders.services import approval
from tests.leads.merging.world import Graph
from tests.orders.world import a_draft
from tests.support.at_once import at_once
from tests.support.cast import Cast

pytestmark = pytest.mark.slow


def told(call):
    """A refusal is a result."""
    try:
        return call()
    except Refused as reason:
        return reason


def test_of_two_merges_with_a_common_record_one_wins(cast_committed: Cast):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        graph = Graph(cast, {stage.code: stage for stage in ensure_default_stages()})
        a, b, c = (graph.customer(name) for name in ("同光精密", "蓝鲸科技", "云帆软件"))

    def merge(kept, gone):
        return lambda: told(lambda: merging.merge(kept=kept, gone=gone, by=cast.manager))

    results = at_once(cast, [merge(a, b), merge(c, b)])
    assert sorted(isinstance(one, Merge) for one in results) == [False, True]
    with tenant_context(cast.organization.id):
        assert Customer.objects.count() == 2


def test_an_order_submitted_in_that_moment_is_not_exchanged(cast_committed: Cast):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        graph = Graph(cast, {stage.code: stage for stage in ensure_default_stages()})
        kept, gone = graph.customer("同光精密"), graph.customer("蓝鲸科技")
        order = a_draft(cast.agent, gone)

    results = at_once(
        cast,
        [
            lambda: told(lambda: merging.merge(kept=kept, gone=gone, by=cast.manager)),
            lambda: approval.submit_order(order_id=order.pk, by=cast.agent),
        ],
    )
    with tenant_context(cast.organization.id):
        found = Order.objects.get(pk=order.pk)
        was_merged = isinstance(results[0], Merge)
        assert found.customer_id == (kept.pk if was_merged else gone.pk)
        version = found.versions.get()
        assert version.snapshot["customer"]["id"] == found.customer_id
