"""Nobody gets more than his share, over batches, absences and newcomers."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from leads.assignment import (
    STRIDE,
    Candidate,
    Decision,
    Pool,
    Rep,
    Rule,
    RuleSet,
    State,
    Strategy,
    advance,
    decide,
)

ALL = RuleSet((Rule("all"),))


def leads(count: int) -> list[Candidate]:
    return [Candidate(number) for number in range(count)]


def run(batches: Sequence[tuple[int, Sequence[Rep]]], rules: RuleSet = ALL) -> list[Counter[int]]:
    """Leads per rep and batch, the state handed on from one batch to the next."""
    state, given_out = State(), []
    for count, reps in batches:
        decisions = decide(leads(count), reps, rules, state)
        state = advance(state, decisions)
        given_out.append(Counter(d.rep_id for d in decisions if d.rep_id is not None))
    return given_out


def gap(counts: Counter[int], rep_ids: Sequence[int]) -> int:
    return max(counts[rep] for rep in rep_ids) - min(counts[rep] for rep in rep_ids)


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 9))
def test_equal_shares_differ_by_at_most_one_over_any_batches(sizes: list[int], team: int) -> None:
    reps = [Rep(number) for number in range(team)]
    total: Counter[int] = Counter()
    for counts in run([(size, reps) for size in sizes]):
        total += counts
        assert gap(total, range(team)) <= 1
    assert total.total() == sum(sizes)


@given(st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(3, 8))), min_size=1, max_size=12))
def test_who_never_leaves_keeps_his_share_whoever_comes_and_goes(
    batches: list[tuple[int, set[int]]],
) -> None:
    steady = range(3)
    total: Counter[int] = Counter()
    plan = [(size, [Rep(n, is_absent=n in away) for n in range(9)]) for size, away in batches]
    for counts in run(plan):
        total += counts
        assert gap(total, steady) <= 1


@given(st.integers(0, 200), st.integers(1, 60))
def test_a_new_rep_is_not_flooded_to_catch_up(before: int, after: int) -> None:
    team = [Rep(1), Rep(2), Rep(3)]
    first, second = run([(before, team), (after, [*team, Rep(4)])])
    assert second[4] <= -(-after // 4) + 1
    assert gap(second, [1, 2, 3]) <= 2
    assert gap(first + second, [1, 2, 3]) <= 1


@given(st.integers(0, 200), st.integers(1, 60))
def test_who_comes_back_does_not_make_up_for_turns_missed(away: int, after: int) -> None:
    there = [Rep(1), Rep(2), Rep(3)]
    gone = [Rep(1), Rep(2), Rep(3, is_absent=True)]
    *_, counts = run([(30, there), (away, gone), (after, there)])
    assert counts[3] <= -(-after // 3) + 1


def test_each_region_is_a_line_of_its_own() -> None:
    reps = [Rep(1, regions=frozenset({"浙江", "上海"})), Rep(2, regions=frozenset({"上海"}))]
    rules = RuleSet((Rule("region", pool=Pool(same=("region",))),))
    batch = [Candidate(n, {"region": "浙江" if n % 2 else "上海"}) for n in range(40)]
    decisions = decide(batch, reps, rules, State())
    assert Counter((d.seat.line, d.rep_id) for d in decisions if d.seat) == {
        ("region/浙江", 1): 20,
        ("region/上海", 1): 10,
        ("region/上海", 2): 10,
    }


def test_the_same_rep_is_not_first_in_every_line() -> None:
    everywhere = [Rep(number, regions=frozenset({"*"})) for number in range(4)]
    rules = RuleSet((Rule("region", pool=Pool(same=("region",))),))
    batch = [Candidate(n, {"region": f"r{n}"}) for n in range(40)]
    counts = Counter(d.rep_id for d in decide(batch, everywhere, rules, State()))
    assert max(counts.values()) < 20  # an even 10 each, give or take


@given(st.lists(st.integers(1, 16), min_size=2, max_size=8), st.integers(0, 400))
def test_weighted_shares_stay_within_one_turn_each(weights: list[int], count: int) -> None:
    reps = [Rep(number, weight=weight) for number, weight in enumerate(weights)]
    (counts,) = run([(count, reps)], RuleSet((Rule("w", strategy="weighted"),)))
    turns = [counts[rep.rep_id] / rep.weight for rep in reps]
    assert max(turns) - min(turns) <= 1
    assert counts.total() == count


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8), st.integers(0, 100))
def test_least_loaded_levels_the_load(loads: list[int], count: int) -> None:
    reps = [Rep(number, open_leads=load) for number, load in enumerate(loads)]
    (counts,) = run([(count, reps)], RuleSet((Rule("l", strategy="least_loaded"),)))
    after = [rep.open_leads + counts[rep.rep_id] for rep in reps]
    filled = [load for rep, load in zip(reps, after, strict=True) if counts[rep.rep_id]]
    assert not filled or max(filled) - min(after) <= 1


@given(
    st.sampled_from(["round_robin", "weighted", "least_loaded"]),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=6),
    st.integers(0, 60),
)
def test_nobody_gets_more_than_he_can_hold(
    strategy: Strategy, limits: list[tuple[int, int]], count: int
) -> None:
    reps = [Rep(n, open_leads=o, capacity=c) for n, (o, c) in enumerate(limits)]
    rules = RuleSet((Rule("a", strategy=strategy), Rule("b", strategy=strategy)))
    decisions = decide(leads(count), reps, rules, State())
    counts = Counter(d.rep_id for d in decisions if d.rep_id is not None)
    room = {rep.rep_id: max(0, (rep.capacity or 0) - rep.open_leads) for rep in reps}
    assert all(counts[rep_id] <= places for rep_id, places in room.items())
    assert counts.total() == min(count, sum(room.values()))
    assert all(d.reasons for d in decisions)


@given(st.integers(0, 50), st.integers(1, 6))
def test_deciding_twice_gives_the_same_and_leaves_the_state_alone(count: int, team: int) -> None:
    reps, state = [Rep(number) for number in range(team)], State()
    first: list[Decision] = decide(leads(count), reps, ALL, state)
    assert first == decide(leads(count), reps, ALL, state)
    assert state.positions == {}
    assert sum(advance(state, first).positions.values()) == count * STRIDE
