"""A merge, an edit and an undo of the same records in one moment."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.models import Customer, Merge
from leads.services import merging
from leads.services.customers import update_customer
from leads.services.leads import update_lead
from leads.services.refusals import WrongState
from leads.services.stages import ensure_default_stages
from tests.leads.merging.world import Graph
from tests.support.at_once import at_once
from tests.support.cast import Cast

pytestmark = pytest.mark.slow


@pytest.fixture
def graph(cast_committed: Cast):
    with tenant_context(cast_committed.organization.id):
        return Graph(cast_committed, {one.code: one for one in ensure_default_stages()})


def committed(graph, call):
    with tenant_context(graph.cast.organization.id):
        return call()


@pytest.mark.parametrize("kind", ["customer", "lead"])
def test_an_edit_of_what_is_merged_away_in_that_moment_is_refused_in_words(graph, held, kind):
    make = graph.customer if kind == "customer" else graph.lead
    kept, gone = committed(graph, lambda: (make("同光精密"), make("蓝鲸科技")))

    def edit():
        held.wait(120)
        if kind == "customer":
            return update_customer(customer_id=gone.pk, by=graph.cast.agent, website="a.cn")
        return update_lead(lead_id=gone.pk, by=graph.cast.agent, notes="新的")

    merge = lambda: merging.merge(kept=kept, gone=gone, by=graph.cast.manager)  # noqa: E731
    done = at_once(graph.cast, [merge, edit], refusals=(Refused, ObjectDoesNotExist))
    assert isinstance(done[0], Merge)
    assert isinstance(done[1], WrongState), repr(done[1])
    assert "蓝鲸科技" in str(done[1])


def test_an_edit_of_the_kept_record_in_that_moment_is_not_lost(graph, held):
    kept, gone = committed(graph, lambda: (graph.customer("同光精密"), graph.customer("蓝鲸科技")))

    def edit():
        held.wait(120)
        return update_customer(customer_id=kept.pk, by=graph.cast.agent, website="new.cn")

    merge = lambda: merging.merge(kept=kept, gone=gone, by=graph.cast.manager)  # noqa: E731
    found, _edited = at_once(graph.cast, [merge, edit])
    undo = lambda: merging.undo(merge_id=found.pk, by=graph.cast.manager)  # noqa: E731
    change = lambda: update_customer(customer_id=kept.pk, by=graph.cast.agent, city="苏州")  # noqa: E731
    at_once(graph.cast, [undo, change])
    now = committed(graph, lambda: Customer.objects.get(pk=kept.pk))
    assert (now.website, now.city) == ("new.cn", "苏州")
    assert committed(graph, lambda: Customer.objects.get(pk=gone.pk)).city == ""


def test_an_undo_and_a_merge_of_the_kept_record_come_one_after_the_other(graph):
    a, b, c = committed(
        graph, lambda: tuple(graph.customer(one) for one in ("同光精密", "蓝鲸科技", "云帆软件"))
    )
    first = committed(graph, lambda: merging.merge(kept=a, gone=b, by=graph.cast.manager))
    undo = lambda: merging.undo(merge_id=first.pk, by=graph.cast.manager)  # noqa: E731
    on = lambda: merging.merge(kept=c, gone=a, by=graph.cast.manager)  # noqa: E731
    undone, merged = at_once(graph.cast, [undo, on], refusals=Refused)
    assert isinstance(merged, Merge)
    alive = committed(graph, lambda: set(Customer.objects.values_list("name", flat=True)))
    if isinstance(undone, Merge):
        assert alive == {"云帆软件", "蓝鲸科技"}
    else:
        assert alive == {"云帆软件"}
        with pytest.raises(WrongState, match="Undo that merge first"):
            committed(graph, undo)
        committed(graph, lambda: merging.undo(merge_id=merged.pk, by=graph.cast.manager))
        committed(graph, undo)
        assert committed(graph, Customer.objects.count) == 3


def test_of_two_undos_at_once_the_second_is_told(graph):
    a, b = committed(graph, lambda: (graph.customer("同光精密"), graph.customer("蓝鲸科技")))
    found = committed(graph, lambda: merging.merge(kept=a, gone=b, by=graph.cast.manager))
    undo = lambda: merging.undo(merge_id=found.pk, by=graph.cast.manager)  # noqa: E731
    done = at_once(graph.cast, [undo, undo], refusals=Refused)
    assert sorted(type(one).__name__ for one in done) == ["Merge", "WrongState"]
