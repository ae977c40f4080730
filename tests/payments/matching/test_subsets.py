from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from payments.matching.subsets import exact_subsets


def by_hand(amounts, target, largest):
    places = range(len(amounts))
    return {
        chosen
        for size in range(2, largest + 1)
        for chosen in combinations(places, size)
        if sum(amounts[place] for place in chosen) == target
    }


@given(st.lists(st.integers(1, 30), max_size=9), st.integers(2, 90))
def test_every_set_that_adds_up_is_found(amounts, target):
    expected = by_hand(amounts, target, 4)
    found, is_complete = exact_subsets(amounts, target, largest=4, most=1000)
    assert is_complete
    assert set(found) == expected


@given(st.lists(st.integers(1, 5), min_size=5, max_size=24))
def test_a_search_cut_short_says_so(amounts):
    found, is_complete = exact_subsets(amounts, 7, largest=6, most=2)
    assert len(found) <= 2
    assert not is_complete or len(by_hand(amounts, 7, 6)) <= 2


def test_work_is_bounded():
    amounts = [2 * n for n in range(1, 25)]
    found, is_complete = exact_subsets(amounts, 201, largest=6, most=4)
    assert found == []
    assert not is_complete
