"""A merge and what is written at the same moment take their locks in one order."""

import pytest

from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.models import FollowUp, Lead, Merge
from leads.services import merging
from leads.services.follow_ups import log_follow_up
from leads.services.stages import ensure_default_stages
from tests.leads.merging.world import Graph
from tests.support.at_once import at_once
from tests.support.cast import Cast

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["deal", "converted lead"])
def test_work_logged_while_its_customer_is_merged(cast_committed: Cast, held, kind):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        graph = Graph(cast, {stage.code: stage for stage in ensure_default_stages()})
        kept, gone = graph.customer("同光精密"), graph.customer("蓝鲸科技")
        subject = graph.deal(gone) if kind == "deal" else _converted(graph, gone)

    def follow():
        held.wait(120)
        return log_follow_up(subject=subject, by=cast.agent, outcome="interested", next_step="寄样")

    merge = lambda: merging.merge(kept=kept, gone=gone, by=cast.manager)  # noqa: E731
    done = at_once(cast, [merge, follow], refusals=Refused)
    assert [type(one) for one in done] == [Merge, FollowUp]
    with tenant_context(cast.organization.id):
        assert FollowUp.objects.get(pk=done[1].pk).customer_id == kept.pk


def _converted(graph, customer):
    lead = graph.lead("蓝鲸")
    Lead.objects.filter(pk=lead.pk).update(customer=customer, status="converted")
    return Lead.objects.get(pk=lead.pk)
