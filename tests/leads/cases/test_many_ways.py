"""A case of many reps is decided without scrolling past all of them."""

from types import SimpleNamespace

from leads.enums import CollisionOutcome
from leads.forms.cases import Choice, RulingInput


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
