"""The rules that propose who gets a client: examples, and what holds for every case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.arbitration import Facts, Outcome, Passed, Rule, Side, Terms, even_split, propose

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def days(count: float) -> datetime:
    return NOW - timedelta(days=count)


HOLDER = Side(1, is_holder=True, registered_at=days(100))
NEWCOMER = Side(2, registered_at=days(1))


def proposed(*sides: Side, terms: Terms | None = None, **more):
    return propose(Facts(sides, NOW, **more), terms or Terms())


def test_the_first_to_register_keeps_it_when_nothing_else_speaks():
    found = proposed(HOLDER, NEWCOMER)
    assert (found.outcome, found.winner, found.rule) == (Outcome.KEEP, 1, Rule.REGISTRATION)
    assert found.passed[0] == (Rule.DIFFERENT, Passed.NOBODY)


def test_a_protection_outweighs_everything():
    protected = replace(HOLDER, protected_until=NOW + timedelta(days=3))
    busy = replace(NEWCOMER, orders=2, first_order_at=days(20), follow_ups=(days(1),))
    assert proposed(protected, busy).rule == Rule.PROTECTED
    over = replace(HOLDER, protected_until=days(1))
    assert proposed(over, busy).winner == 2


def test_a_running_order_outweighs_an_open_deal():
    with_deal = replace(HOLDER, open_deals=1, deal_followed_up_at=days(2), follow_ups=(days(2),))
    sold = replace(NEWCOMER, orders=1, first_order_at=days(5))
    found = proposed(with_deal, sold)
    assert (found.outcome, found.winner, found.rule) == (Outcome.REASSIGN, 2, Rule.ORDER)


def test_who_both_sell_share_it():
    both = [replace(one, orders=1, first_order_at=days(9)) for one in (HOLDER, NEWCOMER)]
    found = proposed(*both)
    assert found.outcome == Outcome.SHARE
    assert dict(found.shares) == {1: 50, 2: 50}


def test_a_neglected_deal_does_not_count():
    neglected = replace(HOLDER, open_deals=1, deal_followed_up_at=days(120))
    active = replace(NEWCOMER, follow_ups=(days(3),))
    found = proposed(neglected, active)
    assert (found.winner, found.rule) == (2, Rule.FOLLOW_UP)
    assert (Rule.DEAL, Passed.NOBODY) in found.passed


def test_an_exhibition_counts_for_thirty_days_and_with_a_follow_up():
    met = replace(NEWCOMER, exhibited_at=days(10), follow_ups=(days(8),))
    earlier = replace(HOLDER, follow_ups=(days(60),))
    assert proposed(earlier, met).rule == Rule.EXHIBITION
    assert proposed(earlier, replace(met, follow_ups=())).winner == 1
    assert proposed(earlier, replace(met, exhibited_at=days(40), follow_ups=(days(8),))).winner == 1


def test_other_credit_codes_mean_other_clients():
    assert proposed(HOLDER, NEWCOMER, likeness="different").outcome == Outcome.NOT_SAME


def test_who_has_left_does_not_count():
    gone = replace(HOLDER, is_active=False, orders=3, first_order_at=days(9))
    assert proposed(gone, NEWCOMER).winner == 2


def test_the_organisation_decides_the_order():
    referred = replace(NEWCOMER, referred_at=days(2))
    busy = replace(HOLDER, follow_ups=(days(30),))
    assert proposed(busy, referred).winner == 2
    terms = Terms(rules=(Rule.FOLLOW_UP, Rule.REFERRAL))
    assert proposed(busy, referred, terms=terms).winner == 1


moments = st.none() | st.integers(0, 200).map(days)
sides = st.builds(
    Side,
    member=st.integers(1, 6),
    is_active=st.booleans(),
    registered_at=moments,
    protected_until=st.none() | st.integers(-5, 5).map(days),
    orders=st.integers(0, 2),
    first_order_at=moments,
    open_deals=st.integers(0, 2),
    deal_followed_up_at=moments,
    referred_at=moments,
    exhibited_at=moments,
    follow_ups=st.lists(st.integers(0, 200).map(days), max_size=3).map(tuple),
)
cases = st.builds(
    Facts,
    sides=st.lists(sides, max_size=5, unique_by=lambda side: side.member).flatmap(
        lambda found: st.integers(-1, 4).map(
            lambda place: tuple(
                replace(side, is_holder=at == place) for at, side in enumerate(found)
            )
        )
    ),
    now=st.just(NOW),
    likeness=st.sampled_from(["same", "probable", "different"]),
)
orders = st.lists(st.sampled_from(list(Rule)), unique=True).map(tuple)


@settings(max_examples=300)
@given(cases, orders, st.integers(0, 1_000))
def test_it_is_total_deterministic_and_blind_to_the_order_of_the_parties(facts, rules, seed):
    terms = Terms(rules=rules)
    found = propose(facts, terms)
    mixed = list(facts.sides)
    Random(seed).shuffle(mixed)  # noqa: S311  a shuffle, no secret
    assert propose(replace(facts, sides=tuple(mixed)), terms) == found == propose(facts, terms)
    assert found.reasons
    assert all(reason.code for reason in found.reasons)
    members = {side.member for side in facts.sides}
    if found.outcome in (Outcome.KEEP, Outcome.REASSIGN) and members:
        assert found.winner in members
        winner = next(side for side in facts.sides if side.member == found.winner)
        assert winner.is_holder == (found.outcome == Outcome.KEEP)
        assert winner.is_active or not any(side.is_active for side in facts.sides)
    if found.outcome == Outcome.SHARE:
        assert sum(found.shares.values()) == 100
        assert set(found.shares) <= members
    asked = [rule for rule, _why in found.passed]
    assert len(asked) == len(set(asked))
    assert found.as_dict()["rule"] == found.rule


@given(st.integers(1, 120))
def test_parts_are_whole_and_add_up(count):
    shares = even_split(range(count))
    assert sum(shares.values()) == 100
    assert max(shares.values()) - min(shares.values()) <= 1
