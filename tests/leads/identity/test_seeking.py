"""What a look-up does not read cannot be probable: for any two names that share a sought key."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import Identity, compare, match_keys
from leads.identity.profiles import profile_of
from leads.identity.seeking import ENOUGH, sought_keys

PLACES = ("", "上海", "上海市浦东", "杭州", "浙江", "宁波", "中国", "北京")
BRANDS = ("华信", "华鑫", "花心", "东方盛虹", "东方盛宏", "大江", "大江南", "大江南北", "Huaxin")
TRADES = ("", "科技", "技术", "贸易", "科技贸易", "信息技术", "煤矿", "Technology")
FORMS = ("有限公司", "", "集团有限公司", "股份有限公司", "厂")
companies = st.builds(
    "{}{}{}{}{}".format,
    *map(st.sampled_from, (PLACES, BRANDS, TRADES, FORMS, ("", "", "北京分公司"))),
)
records = st.builds(Identity, company=companies, region=st.sampled_from(("", "上海", "浙江")))


def is_read(asked: Identity, known: Identity) -> bool | None:
    """Whether a look-up reads the record; None when the index does not lead to it at all."""
    keys = match_keys(known)
    shared = [one for one in sought_keys(profile_of(asked)) if one.key in keys]
    if not shared:
        return None
    return any(one.is_enough for one in shared) or sum(one.worth for one in shared) >= ENOUGH


@settings(max_examples=400, deadline=None)
@given(records, records)
def test_what_is_not_read_is_another_firm(asked: Identity, known: Identity) -> None:
    if compare(asked, known).verdict != "different":
        assert is_read(asked, known) in (True, None)


def test_firms_of_other_places_are_not_read() -> None:
    asked = Identity(company="上海华信科技有限公司")
    for other in ("北京华信科技有限公司", "上海华鑫贸易有限公司", "宁波花心科技有限公司"):
        assert is_read(asked, Identity(company=other)) is False, other
    for alike in ("华信", "华信科技", "上海华信", "上海华信贸易", "华鑫科技", "中国华信集团"):
        assert is_read(asked, Identity(company=alike)), alike


def test_a_rare_brand_is_read_wherever_it_is() -> None:
    asked = Identity(company="上海东方盛虹科技有限公司")
    assert is_read(asked, Identity(company="北京东方盛虹科技有限公司"))


def test_a_whole_name_does_not_read_firms_of_longer_brands() -> None:
    asked = Identity(company="上海华信科技有限公司")
    for longer in ("上海华信源科技有限公司", "上海大华信贸易有限公司", "华信源软件有限公司"):
        assert not is_read(asked, Identity(company=longer)), longer
        assert is_read(Identity(company="华信"), Identity(company=longer)), longer


def test_a_whole_name_reads_what_may_be_its_short_form_or_hide_its_trade() -> None:
    for asked, known in (
        ("上海东方国际贸易有限公司", "东方国贸"),
        ("上海东方盛虹科技有限公司", "东方"),
        ("上海华信科技有限公司", "上海华信科木有限公司"),
        ("杭州利众宇煤机有限公司", "杭州利众宇煤矿有限公司"),
        ("杭州利众宇煤矿有限公司", "杭州利众宇煤机有限公司"),
        ("东方明珠新媒体股份有限公司", "东方明珠"),
    ):
        assert is_read(Identity(company=asked), Identity(company=known)), (asked, known)
