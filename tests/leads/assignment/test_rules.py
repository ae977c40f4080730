"""Ordered rules: the first whose conditions hold and whose reps can take the lead decides."""

from decimal import Decimal

import pytest

from leads.assignment import (
    ANYWHERE,
    OPERATORS,
    Candidate,
    Condition,
    Decision,
    Pool,
    ReasonCode,
    Rep,
    Rule,
    RuleSet,
    State,
    decide,
)

BY_REGION = Rule("region", pool=Pool(same=("region",)))


def one(lead: dict[str, object], reps: list[Rep], *rules: Rule) -> Decision:
    (decision,) = decide([Candidate(1, lead)], reps, RuleSet(rules), State())
    return decision


def codes(decision: Decision) -> list[ReasonCode]:
    return [reason.code for reason in decision.reasons]


def test_region_goes_to_a_rep_of_the_region() -> None:
    reps = [Rep(1, regions=frozenset({"浙江"})), Rep(2, regions=frozenset({"上海"}))]
    decision = one({"region": "上海"}, reps, BY_REGION)
    assert (decision.rep_id, decision.rule) == (2, "region")
    assert codes(decision) == [
        ReasonCode.RULE_MATCHED,
        ReasonCode.SHARED_TRAIT,
        ReasonCode.FEWEST_TURNS,
    ]
    assert decision.reasons[1].as_dict() == {
        "code": "shared_trait",
        "params": {"trait": "region", "value": "上海"},
    }


def test_nobody_for_the_region_says_so() -> None:
    decision = one({"region": "西藏"}, [Rep(1, regions=frozenset({"浙江"}))], BY_REGION)
    assert (decision.rep_id, decision.rule, decision.seat) == (None, None, None)
    assert codes(decision) == [ReasonCode.POOL_EMPTY]


def test_a_rep_for_anywhere_takes_every_region_and_leads_without_one() -> None:
    reps = [Rep(1, regions=frozenset({ANYWHERE}))]
    assert one({"region": "西藏"}, reps, BY_REGION).rep_id == 1
    assert one({}, reps, BY_REGION).rep_id == 1


def test_every_excluded_rep_is_named_with_the_reason() -> None:
    reps = [
        Rep(1, is_active=False),
        Rep(2, is_absent=True),
        Rep(3, open_leads=5, capacity=5),
        Rep(4, weight=0),
    ]
    decision = one({}, reps, Rule("all", strategy="weighted"))
    assert decision.rep_id is None
    assert {(r.code, r.params.get("rep_id")) for r in decision.reasons} == {
        (ReasonCode.POOL_EXHAUSTED, None),
        (ReasonCode.REP_INACTIVE, 1),
        (ReasonCode.REP_ABSENT, 2),
        (ReasonCode.REP_FULL, 3),
        (ReasonCode.REP_WITHOUT_SHARE, 4),
    }


def test_a_failed_condition_is_the_reason() -> None:
    rule = Rule("big", (Condition("amount", "gte", 1000),))
    decision = one({"amount": 10}, [Rep(1)], rule)
    assert decision.reasons[0].params == {
        "rule": "big",
        "field": "amount",
        "op": "gte",
        "value": "1000",
    }


def test_no_rules() -> None:
    assert codes(one({}, [Rep(1)])) == [ReasonCode.NO_RULES]


def test_the_next_rule_takes_what_the_first_cannot_and_says_so() -> None:
    reps = [Rep(1, is_absent=True), Rep(2)]
    first = Rule("named", pool=Pool(rep_ids=frozenset({1})))
    decision = one({}, reps, first, Rule("all"))
    assert (decision.rep_id, decision.rule) == (2, "all")
    assert codes(decision)[0] == ReasonCode.POOL_EXHAUSTED


def test_a_final_rule_does_not_pass_the_lead_on() -> None:
    reps = [Rep(1, is_absent=True), Rep(2)]
    first = Rule("named", pool=Pool(rep_ids=frozenset({1})), is_final=True)
    assert one({}, reps, first, Rule("all")).rep_id is None


@pytest.mark.parametrize(
    ("pool", "rep_id"),
    [
        (Pool(rep_ids=frozenset({2})), 2),
        (Pool(departments=frozenset({10})), 1),
        (Pool(regions=frozenset({"上海"})), 2),
        (Pool(industries=frozenset({"化工"})), 3),
        (Pool(skills=frozenset({"英语", "招投标"})), 3),
    ],
)
def test_each_line_of_a_pool_narrows_it(pool: Pool, rep_id: int) -> None:
    reps = [
        Rep(1, departments=frozenset({10, 1}), regions=frozenset({"浙江"})),
        Rep(2, departments=frozenset({20, 1}), regions=frozenset({"上海"})),
        Rep(3, industries=frozenset({"化工"}), skills=frozenset({"英语", "招投标", "法语"})),
    ]
    assert one({}, reps, Rule("r", pool=pool)).rep_id == rep_id


@pytest.mark.parametrize(
    ("op", "wanted", "value", "holds"),
    [
        ("eq", "展会", "展会", True),
        ("eq", "Web", " web ", True),
        ("eq", "web", "form", False),
        ("eq", "web", None, False),
        ("eq", "vip", ["vip", "new"], True),
        ("in", ["a", "b"], "B", True),
        ("in", ["a", "b"], "c", False),
        ("contains", "科技", "上海华信科技", True),
        ("contains", "vip", ("vip", "new"), True),
        ("contains", "x", None, False),
        ("startswith", "138", "13800138000", True),
        ("startswith", ["138", "139"], "13900138000", True),
        ("startswith", "138", None, False),
        ("gte", "1,000", Decimal(1000), True),
        ("gte", 1000, 999.5, False),
        ("gte", 1000, None, False),
        ("gte", 1000, "many", False),
        ("lte", "2026-05-01", "2026-04-30", True),
        ("lte", 10, "9", True),
        ("is_empty", True, "  ", True),
        ("is_empty", True, None, True),
        ("is_empty", True, [], True),
        ("is_empty", True, 0, False),
        ("is_empty", False, "x", True),
        ("is_empty", False, "", False),
    ],
)
def test_conditions(op: str, wanted: object, value: object, holds: bool) -> None:
    rule = Rule("r", (Condition("f", op, wanted),))
    assert (one({"f": value}, [Rep(1)], rule).rep_id == 1) is holds
    assert op in OPERATORS


def test_all_conditions_must_hold() -> None:
    rule = Rule("r", (Condition("a", "eq", 1), Condition("b", "eq", 2)))
    assert one({"a": 1, "b": 2}, [Rep(1)], rule).rep_id == 1
    assert one({"a": 1, "b": 3}, [Rep(1)], rule).rep_id is None


def test_scores_show_who_would_have_been_next() -> None:
    decision = one({}, [Rep(number) for number in range(5)], Rule("all"))
    assert len(decision.scores) == 3
    assert decision.rep_id not in {score.rep_id for score in decision.scores}
