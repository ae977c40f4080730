"""What may post by itself, what is proposed, what a person must find out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from payments.matching import (
    EXCEPTION_TYPES,
    REASON_CODES,
    Knowledge,
    Proposal,
    payer_keys,
    propose,
)
from tests.payments.matching.deals import FAR_SHIP, SEA_TRADE, codes, given, item, line

HALVES = [item(1, "30000", "SO-001", "HT-2031"), item(2, "70000", "SO-001", "HT-2031")]
OTHER = item(3, "30000", "SO-002", customer_id=11, customer_name=SEA_TRADE)


def one(bank_line, items, knowledge=None) -> Proposal:
    (proposal,) = propose([bank_line], items, knowledge)
    assert {reason.code for reason in proposal.reasons} <= set(REASON_CODES)
    assert proposal.exception_type in {None, *EXCEPTION_TYPES}
    return proposal


def test_number_amount_and_payer_post():
    proposal = one(line("30000", FAR_SHIP, "HT-2031合同款"), [*HALVES, OTHER])
    assert (proposal.band, given(proposal)) == ("post", {1: Decimal(30000)})
    assert {"amount_exact", "reference", "payer_name_equal"} <= codes(proposal)
    assert proposal.exception_type is None


def test_payer_and_exact_amount_post_without_a_number():
    proposal = one(line("30000", "深圳市远航电子有限公司 "), [*HALVES, OTHER])
    assert (proposal.band, given(proposal)) == ("post", {1: Decimal(30000)})


def test_number_and_amount_post_when_the_bank_names_no_payer():
    assert one(line("70000", "", "付合同HT2031尾款"), [*HALVES, OTHER]).band == "post"


def test_number_and_amount_from_a_stranger_are_only_proposed():
    proposal = one(line("70000", "王五", "代付HT-2031"), [*HALVES, OTHER])
    assert (proposal.band, given(proposal)) == ("propose", {2: Decimal(70000)})
    assert "payer_unknown" in codes(proposal)


def test_number_of_one_customer_and_name_of_another_never_post():
    proposal = one(line("30000", SEA_TRADE, "HT-2031"), [*HALVES, OTHER])
    assert proposal.band != "post"


def test_a_short_name_is_proposed_not_posted():
    proposal = one(line("70000", "远航电子"), [*HALVES, OTHER])
    assert (proposal.band, given(proposal)) == ("propose", {2: Decimal(70000)})
    assert "payer_name_probable" in codes(proposal)


def test_an_amount_alone_never_posts():
    proposal = one(line("12345.67", "王五"), [item(1, "12345.67"), OTHER])
    assert (proposal.band, given(proposal)) == ("propose", {1: Decimal("12345.67")})
    assert "amount_unique" in codes(proposal)


def test_a_round_amount_of_a_stranger_says_nothing():
    proposal = one(line("30000", "王五"), [OTHER])
    assert (proposal.band, proposal.exception_type) == ("exception", "unknown_payer")
    assert [c.allocations[0].item_id for c in proposal.candidates] == [3]


def test_equal_items_of_one_customer_take_the_oldest_but_ask():
    months = [item(n, "5000", due_date=date(2026, n, 1)) for n in (3, 1, 2)]
    proposal = one(line("5000", FAR_SHIP), months)
    assert (proposal.band, given(proposal)) == ("propose", {1: Decimal(5000)})
    assert "oldest_of_equal" in codes(proposal)
    assert len(proposal.candidates) == 2


def test_equal_items_of_several_customers_are_ambiguous():
    proposal = one(line("45.60"), [item(1, "45.60"), replace(OTHER, amount_open=Decimal("45.6"))])
    assert (proposal.band, proposal.exception_type) == ("exception", "ambiguous")
    assert proposal.allocations == ()
    assert {c.allocations[0].item_id for c in proposal.candidates} == {1, 3}


def test_all_open_items_paid_at_once_post():
    proposal = one(line("100000", FAR_SHIP), [*HALVES, OTHER])
    assert (proposal.band, given(proposal)) == ("post", {1: Decimal(30000), 2: Decimal(70000)})
    assert "all_open_items" in codes(proposal)


def test_some_items_that_add_up_are_proposed():
    items = [item(n, amount) for n, amount in enumerate(("111.10", "222.20", "444.40", "888.80"))]
    proposal = one(line("555.50", FAR_SHIP), items)
    assert (proposal.band, set(given(proposal))) == ("propose", {0, 2})
    assert "amounts_add_up" in codes(proposal)


def test_quoted_items_that_add_up_post():
    items = [item(1, "100", "HT-1001"), item(2, "250", "HT-1002"), item(3, "400", "HT-1003")]
    proposal = one(line("500", FAR_SHIP, "HT-1001、HT-1003货款"), items)
    assert (proposal.band, set(given(proposal))) == ("post", {1, 3})


def test_a_single_fit_with_another_sum_beside_it_is_only_proposed():
    items = [item(1, "300"), item(2, "700"), item(3, "1000"), item(4, "55")]
    assert one(line("1000", FAR_SHIP), items).band == "propose"


def test_a_part_goes_to_the_quoted_item():
    items = [item(1, "30000", "HT-1001"), item(2, "70000", "HT-1002")]
    proposal = one(line("20000", FAR_SHIP, "HT-1002进度款"), items)
    assert (proposal.band, given(proposal)) == ("propose", {2: Decimal(20000)})
    assert proposal.exception_type == "short"


def test_a_part_without_a_number_goes_to_the_oldest():
    proposal = one(line("40000", FAR_SHIP), HALVES)
    assert given(proposal) == {1: Decimal(30000), 2: Decimal(10000)}
    assert {"part_payment", "oldest_first"} <= codes(proposal)


def test_two_parts_complete_an_item():
    lines = [line("400", FAR_SHIP, id="a"), line("600", FAR_SHIP, id="b")]
    first, second = propose(lines, [item(1, "1000")])
    assert (given(first), given(second)) == ({1: Decimal(400)}, {1: Decimal(600)})
    assert {"post"}.isdisjoint({first.band, second.band})


def test_a_bank_fee_leaves_the_item_short():
    proposal = one(line("69985", FAR_SHIP, "HT-2031"), [item(2, "70000", "HT-2031")])
    assert (proposal.band, proposal.exception_type) == ("propose", "short")
    assert "amount_near" in codes(proposal)


def test_too_much_is_an_exception_with_a_rest():
    proposal = one(line("120000", FAR_SHIP), HALVES)
    assert (proposal.band, proposal.exception_type) == ("exception", "over")
    assert proposal.rest == Decimal(20000)
    assert sum(given(proposal).values()) == Decimal(100000)


def test_a_customer_who_owes_nothing_paid_too_much():
    knowledge = Knowledge(customer_names={10: [FAR_SHIP]})
    proposal = one(line("120.50", FAR_SHIP), [OTHER], knowledge)
    assert (proposal.exception_type, codes(proposal)) == (
        "over",
        {"payer_name_equal", "nothing_open"},
    )


def test_a_second_payment_is_recognised():
    settled = Knowledge(settled_items=[item(9, "880.50", "HT-0900")])
    assert one(line("880.50", FAR_SHIP), [OTHER], settled).exception_type == "duplicate"
    twice = [line("880.50", FAR_SHIP, "HT-0900", id="a"), line("880.50", FAR_SHIP, id="b")]
    first, second = propose(twice, [item(9, "880.50", "HT-0900")])
    assert given(first) == {9: Decimal("880.50")}
    assert (second.exception_type, given(second)) == ("duplicate", {})


@pytest.mark.parametrize(
    ("amount", "memo", "kind"),
    [
        ("-500", "房租", "outgoing"),
        ("-500", "退款HT-2031", "refund"),
        ("500", "退汇 账号有误", "refund"),
        ("0", "", "unknown"),
        ("77.70", "", "unknown_payer"),
    ],
)
def test_lines_that_pay_nothing_say_why(amount, memo, kind):
    proposal = one(line(amount, "王五", memo), HALVES)
    assert (proposal.band, proposal.exception_type) == ("exception", kind)
    assert proposal.allocations == ()


def test_other_currencies_are_not_mixed():
    assert one(line("30000", FAR_SHIP, "HT-2031", currency="USD"), HALVES).band == "exception"


def test_a_payment_years_off_is_not_posted():
    old = [item(1, "30000", "HT-2031", due_date=date(2023, 1, 1))]
    proposal = one(line("30000", FAR_SHIP, "HT-2031"), old)
    assert (proposal.band, "date_far" in codes(proposal)) == ("propose", True)


def test_without_a_number_a_payment_far_from_its_due_date_is_only_proposed():
    later = [item(1, "30000", "HT-2031", due_date=date(2026, 5, 20))]
    assert one(line("30000", FAR_SHIP), later).band == "propose"
    assert one(line("30000", FAR_SHIP, "HT-2031"), later).band == "post"


def test_a_learned_payer_posts_and_a_shared_one_only_hints():
    keys = payer_keys("王五", "6222000011112222")
    items = [item(1, "12345.67"), OTHER]
    learned = Knowledge(payer_aliases={keys[0]: {10}})
    shared = Knowledge(payer_aliases={keys[0]: {10, 11}, keys[1]: {10, 11}})
    paid = line("12345.67", "王五", counterparty_account="6222 0000 1111 2222")
    assert one(paid, items, learned).band == "post"
    assert "payer_alias_account" in codes(one(paid, items, learned))
    proposal = one(paid, items, shared)
    assert (proposal.band, given(proposal)) == ("propose", {1: Decimal("12345.67")})
    assert "payer_alias_shared" in codes(proposal)


def test_an_alias_of_one_customer_and_the_name_of_another_do_not_post():
    account = payer_keys("", "6222000011112222")[0]
    paid = line("12345.67", SEA_TRADE, counterparty_account="6222000011112222")
    items = [item(1, "12345.67"), OTHER]
    proposal = one(paid, items, Knowledge(payer_aliases={account: {10}}))
    assert (proposal.band, given(proposal)) == ("propose", {1: Decimal("12345.67")})
    assert "payer_differs" in codes(proposal)


def test_a_customer_named_in_the_memo_is_a_hint():
    proposal = one(line("70000", "支付宝（中国）网络技术有限公司", f"代{FAR_SHIP}付款"), HALVES)
    assert (proposal.band, given(proposal)) == ("propose", {2: Decimal(70000)})
    assert "payer_named_in_memo" in codes(proposal)


def test_comparison_of_names_can_be_replaced():
    class Match:
        def __init__(self, verdict: str) -> None:
            self.verdict, self.score = verdict, 1.0

    knowledge = Knowledge(
        compare_names=lambda a, b: Match("same" if a[:2] == b[:2] else "different"),
        name_keys=lambda name: [name[:2]],
    )
    proposal = one(line("70000", "深圳某某"), HALVES, knowledge)
    assert "payer_name_same" in codes(proposal)


def test_reasons_are_fit_for_json():
    proposal = one(line("30000", FAR_SHIP, "HT-2031"), HALVES)
    assert proposal.reasons[0].as_dict() == {
        "code": "amount_exact",
        "params": {"amount": "30000.00", "open": "30000.00", "items": 1},
    }
