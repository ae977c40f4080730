"""Rules that hold for any lines and items."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.matching import Line, OpenItem, propose

NAMES = ("深圳市远航电子有限公司", "上海海华贸易有限公司", "北京中科远景信息技术有限公司", "王五")
NUMBERS = ("HT-1001", "HT-1002", "SO-20260301", "2031")

days = st.integers(0, 200).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
amounts = st.sampled_from(["100", "200", "300", "500", "1000", "123.45", "0.01", "99999999.99"])
items = st.lists(
    st.builds(
        OpenItem,
        id=st.integers(0, 10**6),
        customer_id=st.integers(0, 2),
        customer_name=st.just(""),
        amount_open=amounts.map(Decimal),
        currency=st.sampled_from(["CNY", "CNY", "USD"]),
        due_date=st.none() | days,
        references=st.lists(st.sampled_from(NUMBERS), max_size=2).map(tuple),
    ),
    max_size=10,
    unique_by=lambda item: item.id,
).map(lambda found: [_named(item) for item in found])
lines = st.lists(
    st.builds(
        Line,
        id=st.integers(0, 10**6),
        amount=st.sampled_from(["-5", "0", "100", "300", "400", "600", "123.45", "7"]).map(Decimal),
        currency=st.just("CNY"),
        value_date=days,
        counterparty_name=st.sampled_from([*NAMES, "", "远航电子"]),
        counterparty_account=st.sampled_from(["", "6222000011112222"]),
        memo=st.sampled_from(["", "货款", "HT-1001合同款", "HT1001,HT1002", "合同2031", "退款"]),
    ),
    max_size=10,
    unique_by=lambda line: line.id,
)


def _named(item: OpenItem) -> OpenItem:
    return OpenItem(
        item.id,
        item.customer_id,
        NAMES[int(str(item.customer_id))],
        item.amount_open,
        item.currency,
        item.due_date,
        item.references,
    )


@given(lines, items)
def test_nothing_is_ever_given_twice(bank_lines, open_items):
    proposals = propose(bank_lines, open_items)
    assert [p.line_ids for p in proposals] == [(line.id,) for line in bank_lines]
    open_amounts = {item.id: item.amount_open for item in open_items}
    currencies = {item.id: item.currency for item in open_items}
    given_away: Counter[object] = Counter()
    for line, proposal in zip(bank_lines, proposals, strict=True):
        total = sum((part.amount for part in proposal.allocations), Decimal(0))
        assert total + proposal.rest == max(line.amount, Decimal(0))
        assert proposal.rest >= 0
        for part in proposal.allocations:
            assert part.amount > 0
            assert currencies[part.item_id] == line.currency
            given_away[part.item_id] += part.amount
    assert all(amount <= open_amounts[item_id] for item_id, amount in given_away.items())


@given(lines, items, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_items_does_not_matter(bank_lines, open_items, random):
    usual = propose(bank_lines, open_items)
    assert propose(bank_lines, open_items) == usual
    shuffled, others = list(bank_lines), list(open_items)
    random.shuffle(shuffled)
    random.shuffle(others)
    again = {proposal.line_ids: proposal for proposal in propose(shuffled, others)}
    assert again == {proposal.line_ids: proposal for proposal in usual}


@given(lines, items)
def test_posting_is_strict(bank_lines, open_items):
    strong = {"reference", "payer_name_equal", "payer_alias_name", "payer_alias_account"}
    whole = {"amount_exact", "amounts_add_up"}
    against = {"payer_differs", "reference_differs", "date_far", "contested", "oldest_of_equal"}
    for proposal in propose(bank_lines, open_items):
        found = {reason.code for reason in proposal.reasons}
        assert 0 <= proposal.confidence <= 1
        if proposal.band == "post":
            assert proposal.exception_type is None
            assert proposal.rest == 0
            assert found & whole
            assert found & strong
            assert not found & against
        if proposal.band == "propose":
            assert proposal.allocations
        if proposal.band == "exception":
            assert proposal.exception_type
