"""A file search finds the short forms that a look-up finds."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity import (
    Identity,
    Profile,
    compare_profiles,
    find_duplicates,
    parse_company_name,
    profile_of,
)
from leads.identity.brands import compare_brands
from leads.identity.keys import profile_keys
from leads.identity.numbering import Texts
from leads.identity.parts import characters_of, may_be_short_for, place_letters
from leads.identity.seeking import ENOUGH, is_complete, sought_keys
from leads.identity.shapes import Shapes
from leads.identity.text import has_chinese
from leads.identity.types import CompanyName

WORDS = "手心宝贝东方盛虹航空大江南北京农商爱博诺德华信源"
PLACES = ("", "上海", "北京", "中国", "东方")
TRADES = ("", "科技", "科木", "医疗科技", "物流", "农村商业", "农商")
FORMS = ("有限公司", "", "集团有限公司", "股份有限公司", "厂", "银行", "行", "有限公司北京分公司")
WHOLE = (
    "手心宝", "手心宝贝", "东航物流", "东方航空物流股份有限公司", "沪农商行", "上海农村商业银行",
    "爱博医疗", "爱博诺德（北京）医疗科技股份有限公司", "核建", "中国核工业建设集团有限公司",
    "东方盛", "江苏东方盛虹股份有限公司", "上海福斯特新材料有限公司", "上海福雷斯特新材料有限公司",
)  # fmt: skip
built = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(PLACES),
    st.text(WORDS, min_size=2, max_size=6) | st.sampled_from(["手心宝贝", "手心", "东方盛虹之家"]),
    st.sampled_from(TRADES),
    st.sampled_from(FORMS),
)
names = st.sampled_from(WHOLE) | built


def is_read(asked: Profile, known: Profile) -> bool:
    """Whether a look-up for one record reads the other."""
    keys = profile_keys(known)
    shared = [one for one in sought_keys(asked) if one.key in keys]
    return any(one.is_enough for one in shared) or sum(one.worth for one in shared) >= ENOUGH


@st.composite
def alike(draw: st.DrawFn) -> list[str]:
    """Names, and others made of them by leaving something out or writing one character wrong."""
    found = draw(st.lists(names, min_size=1, max_size=4))
    for name in list(found):
        places = st.integers(0, len(name) - 1)
        at, until, one = draw(places), draw(places), draw(places)
        found.append(name[min(at, until) : max(at, until) + 1])
        found.append(name[:at] + name[until + 1 :])
        found.append(name[:at] + name[one] + name[at + 1 :])
    return found


@settings(max_examples=40, deadline=None)
@given(alike())
def test_a_file_search_finds_what_a_look_up_finds(told: list[str]) -> None:
    """Two provinces aside, which only a look-up asks about."""
    records = [Identity(number, company=name) for number, name in enumerate(told)]
    profiles = list(map(profile_of, records))
    found = {(pair.left.id, pair.right.id) for pair in find_duplicates(records)}
    for left, right in set(combinations(range(len(told)), 2)) - found:
        one, other = profiles[left], profiles[right]
        provinces = {name.province for name in one.names + other.names} - {"", "中国"}
        if len(provinces) < 2 and compare_profiles(one, other).verdict != "different":
            assert not is_read(one, other), (told[left], told[right])
            assert not is_read(other, one), (told[left], told[right])


def test_known_short_forms_are_found() -> None:
    records = [Identity(number, company=name) for number, name in enumerate(WHOLE)]
    found = {(pair.left.id, pair.right.id) for pair in find_duplicates(records)}
    assert {(0, 1), (4, 5), (6, 7), (10, 11), (12, 13)} <= found


@settings(max_examples=100, deadline=None)
@given(alike())
def test_what_is_not_looked_at_is_no_short_form(told: list[str]) -> None:
    parsed = [name for text in told for name in profile_of(Identity(company=text)).names]
    for one, other in combinations(parsed, 2):
        for short, full in ((one, other), (other, one)):
            if not is_complete(short) and not short.former and not full.former:
                strength = compare_brands(short, full)
                if strength.is_whole and strength.reason.code != "alias_known":
                    is_seen = looked_at(short, full) or looked_at(full, short)
                    assert is_seen or are_found(short, full), (short, full)


def are_found(short: CompanyName, full: CompanyName) -> bool:
    """Whether a search finds them by other keys: a slip may make a name longer."""
    return bool(list(find_duplicates(Identity(company=name.text) for name in (short, full))))


def looked_at(short: CompanyName, full: CompanyName) -> bool:
    said, size = ends_of(short)
    whole, full_size = ends_of(full)
    whole |= characters_of(Texts([full.text]))
    is_asking = not is_complete(short)
    return is_asking and bool(may_be_short_for(said & ~place_letters(), size, whole, full_size)[0])


def ends_of(name: CompanyName):  # type: ignore[no-untyped-def]
    texts = Texts([name.brand + name.industry])
    return characters_of(texts), texts.sizes.astype("uint8")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(names | st.just("上海手心宝贝东方盛虹航空大江科技有限公司"), min_size=1, max_size=6)
)
def test_columns_say_of_a_name_that_it_lacks_something_as_the_rule_does(told: list[str]) -> None:
    parsed = [name for name in map(parse_company_name, told) if name.text]
    if not parsed:
        return
    columns = list(zip(*parsed, strict=True))
    brands = Texts([name.brand for name in parsed])
    asked = Shapes().of(columns).lack(brands.sizes).tolist()
    for name, is_asked in zip(parsed, asked, strict=True):
        if has_chinese(name.brand) and len(name.brand) > 1:
            assert is_asked == (not is_complete(name)), name


LATIN = (
    ("Kelong Mould", "Kelong Mould & Plastic Co., Ltd."),
    ("Hartmann GmbH", "Hartmann Maschinenbau GmbH"),
    ("Oakridge Holdings", "Oakridge Retail Partners plc"),
    ("Quilliam Bros", "Quiliam Brothers Ltd"),
    ("Möller", "Moeller Werkzeugbau"),
    ("Siemens", "Siemens Energy"),
)


def test_latin_names_that_share_their_first_word_are_found() -> None:
    records = [
        Identity((one, at), name) for one, pair in enumerate(LATIN) for at, name in enumerate(pair)
    ]
    found = {(pair.left.id, pair.right.id) for pair in find_duplicates(records)}
    assert found == {((one, 0), (one, 1)) for one in range(len(LATIN))}
