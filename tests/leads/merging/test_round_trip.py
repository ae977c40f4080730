"""Merged and undone, the organisation is what it was: every column of every row."""

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leads.models import Customer, Lead
from leads.services import merging
from tests.leads.merging.world import KINDS, dump

NAMES = ("苏州同光精密机械有限公司", "苏州同光精密", "上海蓝鲸科技有限公司")
texts = st.sampled_from(("", "甲", "乙"))
customer_facts = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(("", "0512-66668888", "0512-66669999")),
        "website": texts,
        "city": texts,
        "address": texts,
        "industry": st.sampled_from(("", "machinery")),
        "level": st.sampled_from("abc"),
        "next_step": texts,
    }
)
lead_facts = st.fixed_dictionaries(
    {"phone": st.sampled_from(("", "13812345678")), "need": texts, "contact_name": texts}
)
things = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 2)), max_size=12
)
picks = st.dictionaries(
    st.sampled_from(("name", "company_name", "phone", "place", "owner", "need", "level")),
    st.sampled_from(("kept", "gone", "both")),
)
relaxed = settings(
    max_examples=5,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def undone_again(graph, records, drawn, chain):
    """Hang the drawn things on the records, merge along the chain, take it back in turn."""
    with transaction.atomic():
        for kind, which, variant in drawn:
            graph.add(kind, records[which], variant)
        before = dump()
        done = []
        for (kept, gone), chosen in chain:
            model = type(records[0])
            pair = model.every.get(pk=records[kept].pk), model.every.get(pk=records[gone].pk)
            made = merging.merge(kept=pair[0], gone=pair[1], picks=chosen, by=graph.cast.manager)
            done.append(made)
            assert not model.objects.filter(pk=records[gone].pk).exists()
        for made in reversed(done):
            merging.undo(merge_id=made.pk, by=graph.cast.manager)
        after = dump()
        transaction.set_rollback(True)
    for label, rows in before.items():
        assert after[label] == rows, label


@relaxed
@given(facts=st.tuples(*[customer_facts] * 3), drawn=things, chosen=picks, chain=st.booleans())
def test_customers(graph, facts, drawn, chosen, chain):
    with transaction.atomic():
        records = [graph.customer(name, **one) for name, one in zip(NAMES, facts, strict=True)]
        steps = [((0, 1), chosen), ((2, 0) if chain else (0, 2), {})]
        undone_again(graph, records, drawn, steps)
        transaction.set_rollback(True)


@relaxed
@given(facts=st.tuples(*[lead_facts] * 3), drawn=things, chosen=picks, chain=st.booleans())
def test_leads(graph, facts, drawn, chosen, chain):
    with transaction.atomic():
        records = [graph.lead(name, **one) for name, one in zip(NAMES, facts, strict=True)]
        steps = [((0, 1), chosen), ((2, 0) if chain else (0, 2), {})]
        undone_again(graph, records, drawn, steps)
        transaction.set_rollback(True)


@relaxed
@given(told=customer_facts, asked=lead_facts, drawn=things)
def test_a_lead_attached_to_a_customer(graph, told, asked, drawn):
    with transaction.atomic():
        customer, lead = graph.customer(NAMES[0], **told), graph.lead(NAMES[1], **asked)
        for kind, which, variant in drawn:
            graph.add(kind, (customer, lead)[which % 2], variant)
        before = dump()
        made = merging.merge(kept=customer, gone=lead, by=graph.cast.manager)
        assert Lead.objects.get(pk=lead.pk).customer_id == customer.pk
        merging.undo(merge_id=made.pk, by=graph.cast.manager)
        after = dump()
        transaction.set_rollback(True)
    assert Customer.objects.count() == 0
    for label, rows in before.items():
        assert after[label] == rows, label
