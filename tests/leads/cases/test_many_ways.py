"""A case of many reps is decided without scrolling past all of them."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from leads.enums import CollisionOutcome
from leads.forms.cases import Choice, RulingInput
from leads.forms.parts import PartsField, PartsInput


def ways(count: int, proposed: int = 1) -> list[Choice]:
    found = [
        Choice(CollisionOutcome.REASSIGN, SimpleNamespace(pk=pk), f"to {pk}", "", pk == proposed)
        for pk in range(1, count + 1)
    ]
    return [*found, Choice(CollisionOutcome.NOT_SAME, None, "not the same", "")]


def labels(count: int, *, proposed: int = 1, chosen: str = "") -> list[tuple[list[str], int]]:
    groups = RulingInput(ways(count, proposed))._groups(chosen)
    return [([way.label for way in shown], len(folded)) for shown, folded in groups]


def test_a_few_stand_all_in_sight():
    assert [folded for _shown, folded in labels(6)] == [0, 0]


def test_of_many_the_rest_is_folded_but_not_whom_it_is_about():
    shown, folded = labels(40, proposed=30, chosen="reassign:35")[0]
    assert shown == ["to 1", "to 2", "to 3", "to 4", "to 30", "to 35"]
    assert folded == 34


def parts(count: int, given: dict[int, object]) -> dict[str, object]:
    reps = [SimpleNamespace(pk=pk, name=f"rep {pk}") for pk in range(1, count + 1)]
    return PartsInput(reps).get_context("shares", given, None)


@translation.override("en")
def test_of_many_reps_those_without_a_part_are_folded_and_the_sum_is_said():
    found = parts(41, {1: 60, 30: 30})
    assert [one["rep"].pk for one in found["parts"] if not one["folded"]] == [1, 2, 3, 4, 30]
    assert (found["folded"], found["sum_words"]) == (36, "Together 90%, 10% left")
    assert parts(6, {})["folded"] == 0
    assert parts(2, {1: "70", 2: "40"})["sum_words"] == "Together 110%, 10% too much"


def test_only_whole_parts_count_and_nothing_is_no_part():
    field = PartsField([SimpleNamespace(pk=1, name="王磊"), SimpleNamespace(pk=2, name="李娜")])
    assert field.clean({1: "60", 2: "40"}) == {1: 60, 2: 40}
    assert field.clean({1: "", 2: "0"}) == {}
    for typed in ("-1", "100", "4.5", "half", "9" * 5000):
        with pytest.raises(ValidationError, match="王磊"):
            field.clean({1: typed})
        assert field.widget.get_context("shares", {1: typed}, None)["sum_words"]
