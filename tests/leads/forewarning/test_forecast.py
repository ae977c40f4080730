"""What speaks for a coming collision, and how much."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.enums import RiskFactor
from leads.forewarning import (
    CODES,
    ENOUGH,
    SHOWN_FROM,
    Factor,
    Shared,
    Side,
    are_neighbours,
    forecast,
    observed,
    probability_of,
    same_street,
    street_key,
)
from leads.forewarning.borders import NEIGHBOURS
from leads.forewarning.weights import EVIDENCE, TELLING, likeness
from leads.identity import Identity, profile_of


def side(company="", *, owner=1, **more):
    own = {key: more.pop(key) for key in list(more) if key in Side.__dataclass_fields__}
    identity = Identity(company=company, **more)
    own.setdefault("street", street_key(identity.address))
    return Side(profile=profile_of(identity), owner=owner, **own)


def codes(found):
    return {one.code for one in found.factors}


def test_group_companies_in_other_regions_are_a_risk():
    found = forecast(
        side("苏州同光达精密机械有限公司"), side("成都同光达精密机械有限公司", owner=2)
    )
    assert "group" in codes(found)
    assert found.probability >= SHOWN_FROM


def test_reasons_stand_by_strength_evidence_before_circumstance():
    """One brand in two regions (45 %) before one address (45 %); a small event before nothing."""
    at = {"address": "江苏省苏州市工业园区星湖街328号", "campaign": "2026 工博会"}
    one = side("苏州同光达精密机械有限公司", **at)
    other = side("成都同光达精密机械有限公司", owner=None, **at)
    told = [(factor.code, round(factor.weight * 100)) for factor in forecast(one, other).factors]
    assert [code for code, _weight in told] == sorted(
        (code for code, _weight in told), key=lambda code: (-dict(told)[code], TELLING.index(code))
    )
    assert dict(told)["group"] == dict(told)["address"]
    order = [code for code, _weight in told]
    assert order.index("group") < order.index("address") < order.index("event")
    assert [one.code for one in forecast(other, one).factors] == order


def test_a_brand_that_many_carry_says_less():
    pair = side("北京华信科技有限公司"), side("成都华信科技有限公司", owner=2)
    assert forecast(*pair, Shared(brand=30)).probability < forecast(*pair).probability
    assert forecast(*pair, Shared(brand=30)).probability < SHOWN_FROM


def test_a_branch_and_its_parent():
    found = forecast(side("海康威视数字技术股份有限公司"), side("海康威视南京分公司", owner=2))
    assert "branch" in codes(found)
    assert found.probability >= 0.5


def test_neighbouring_provinces_make_one_brand_worse_but_are_nothing_alone():
    pair = [
        side("昆山同光达机械有限公司", province="32"),
        side("上海同光达机械有限公司", owner=2, province="31"),
    ]
    far = side("成都同光达机械有限公司", owner=2, province="51")
    assert forecast(*pair).probability > forecast(pair[0], far).probability
    assert "border" in codes(forecast(*pair))
    strangers = forecast(side("昆山甲", province="32"), side("上海乙丙丁", owner=2, province="31"))
    assert strangers.probability == 0


def test_one_address_or_mail_domain():
    house = forecast(
        side("苏州博远机械有限公司", address="江苏省苏州市工业园区星湖街328号A座"),
        side("苏州汇智软件有限公司", owner=2, address="工业园区星湖街328号"),
    )
    assert codes(house) == {"address"}
    assert house.probability < SHOWN_FROM
    mail = forecast(
        side("苏州博远机械有限公司", emails=("a@boyuan.cn",)),
        side("苏州汇智软件有限公司", owner=2, emails=("b@boyuan.cn",)),
    )
    assert "mail_domain" in codes(mail)
    assert SHOWN_FROM <= mail.probability < 0.4
    akin = forecast(
        side("苏州博远机械有限公司", address="苏州市星湖街328号"),
        side("苏州博远机电有限公司", owner=2, address="苏州市星湖街328号"),
    )
    nameless = forecast(
        side("苏州博远机械有限公司", address="苏州市星湖街328号"),
        side("", owner=2, address="苏州市星湖街328号"),
    )
    assert akin.probability > nameless.probability >= 0.45
    free = forecast(
        side("博远机械", emails=("a@qq.com",)), side("汇智", owner=2, emails=("b@qq.com",))
    )
    assert free.probability == 0


def test_a_small_event_or_a_referrer_is_evidence_a_crowded_one_only_a_circumstance():
    pair = [
        side("苏州博远机械有限公司", campaign="苏州精密机械闭门会"),
        side("无锡汇智软件有限公司", owner=2, campaign="苏州精密机械闭门会"),
    ]
    assert forecast(*pair).probability >= SHOWN_FROM
    assert forecast(*pair, Shared(campaign=400)).probability == 0
    referred = [
        side("博远机械", campaign="张总", is_referred=True),
        side("汇智软件", owner=2, campaign="张总", is_referred=True),
    ]
    assert codes(forecast(*referred)) == {"referrer"}


def test_a_client_without_owner_is_about_to_be_claimed():
    held, free = side("苏州同光达精密机械有限公司"), side("苏州同光达精密", owner=None)
    assert "pool" in codes(forecast(held, free))


def test_two_credit_codes_are_at_most_a_group():
    one = side("同光达集团有限公司", credit_code="91110108MA01ABCD1J")
    other = side("同光达集团有限公司", owner=2, credit_code="91310000MA1FL8XQ3P")
    assert forecast(one, other).probability <= 0.6 or not one.profile.credit_code


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(sorted(CODES)), st.floats(0, 1))), st.floats(0, 1))
def test_more_never_makes_it_less_likely(weights, weight):
    factors = [Factor(code, one) for code, one in weights]
    for code in sorted(EVIDENCE):
        more = probability_of([*factors, Factor(code, weight)])
        assert probability_of(factors) <= more <= 0.99


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_alike_never_weighs_less(one, other):
    low, high = sorted((one, other))
    assert likeness(low) <= likeness(high)


NAMES = st.sampled_from(
    [
        "苏州同光机械有限公司",
        "上海同光贸易有限公司",
        "同光机械昆山分公司",
        "双利煤矿",
        "双柳煤矿",
        "",
    ]
)
SIDES = st.builds(
    side,
    NAMES,
    owner=st.sampled_from([None, 1, 2]),
    province=st.sampled_from(["", "31", "32", "51"]),
    serves=st.frozensets(st.sampled_from(["31", "32"])),
    address=st.sampled_from(["", "苏州星湖街328号", "上海星湖街328号"]),
    campaign=st.sampled_from(["", "工博会"]),
    is_referred=st.booleans(),
    is_active=st.booleans(),
)


@settings(max_examples=40)
@given(SIDES, SIDES)
def test_it_is_the_same_from_either_side(left, right):
    one, other = forecast(left, right), forecast(right, left)
    assert one.probability == other.probability
    assert codes(one) == codes(other)
    assert 0 <= one.probability <= 0.99


def test_every_factor_has_words_and_every_word_a_factor():
    assert set(RiskFactor.values) == CODES


def test_borders_are_mutual_and_cover_every_province():
    assert len(NEIGHBOURS) == 34
    assert all(a in NEIGHBOURS[b] for a, others in NEIGHBOURS.items() for b in others)
    assert are_neighbours("31", "32")
    assert not are_neighbours("31", "51")
    assert not are_neighbours("31", "31")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("江苏省苏州市工业园区星湖街328号", "苏州市 星湖街 328号 A座 12楼", True),
        ("上海市人民路12号", "苏州市人民路12号", False),
        ("人民路12号", "人民路128号", False),
        ("某某大厦", "某某大厦", False),
    ],
)
def test_streets(left, right, same):
    assert same_street(street_key(left), street_key(right)) is same


def test_outcomes_say_nothing_before_there_are_enough():
    few = observed([(80, True)] * (ENOUGH - 1))
    assert [band.rate for band in few] == [None] * 4
    enough = observed([(80, True)] * ENOUGH + [(100, False)] * ENOUGH + [(35, False)])
    assert enough[-1].rate == 0.5
    assert enough[0].closed == 1
