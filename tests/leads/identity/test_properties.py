"""What must hold for any name and any record."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from leads.identity import (
    REASON_CODES,
    Identity,
    compare,
    compare_company_names,
    email_domain,
    find_duplicates,
    match_keys,
    name_keys,
    normalise_credit_code,
    normalise_email,
    normalise_name,
    normalise_phone,
    normalise_wechat,
    parse_company_name,
    pinyin_initials,
    pinyin_key,
    profile_of,
    region_of,
    site_domain,
)
from leads.identity.names import verdict_for

TO_TRADITIONAL = OpenCC("s2t")
PLACES = ("上海", "北京市", "浙江省杭州市", "深圳", "昆山", "")
BRANDS = ("华信", "华鑫", "字节跳动", "双利", "双柳", "东方盛虹", "大江南北", "三一")
TRADES = ("科技", "贸易", "信息技术", "机械设备", "煤矿", "")
FORMS = ("有限公司", "股份有限公司", "有限责任公司", "（集团）有限公司", "厂", "")
TAILS = ("", "", "", "北京分公司")

companies = st.builds(
    "{}{}{}{}{}".format,
    *(st.sampled_from(parts) for parts in (PLACES, BRANDS, TRADES, FORMS, TAILS)),
)
names = companies | st.text(max_size=30)
latin_names = st.lists(
    st.sampled_from(("Huaxin", "Shanghai", "Siemens", "Electric", "Co", "Ltd", "AG", "7", "&")),
    max_size=5,
).map(" ".join)
records = st.builds(
    Identity,
    company=names,
    person=st.sampled_from(("", "张三", "李四", "Zhang San", "San Zhang", "张总")),
    phones=st.lists(st.sampled_from(("13800138000", "0571-88881234", "x")), max_size=2).map(tuple),
    emails=st.lists(st.sampled_from(("a@huaxin.cn", "info@huaxin.cn", "b@qq.com")), max_size=2).map(
        tuple
    ),
    address=st.sampled_from(("", "上海市张江路88号301室", "上海张江路88号502室", "12 Queen St")),
    credit_code=st.sampled_from(("", "91110000600037341L", "91310000132260181E")),
)


@given(names | latin_names, names | latin_names)
def test_comparing_names_is_symmetric(a: str, b: str) -> None:
    forth, back = compare_company_names(a, b), compare_company_names(b, a)
    assert (forth.score, forth.verdict) == (back.score, back.verdict)
    assert 0 <= forth.score <= 1
    assert [reason.code for reason in forth.reasons] == [reason.code for reason in back.reasons]


@given(names.filter(normalise_name))
def test_a_name_is_itself(name: str) -> None:
    assert compare_company_names(name, name).score == 1


@given(records, records)
def test_comparing_records_is_symmetric(a: Identity, b: Identity) -> None:
    forth, back = compare(a, b), compare(b, a)
    assert (forth.score, forth.verdict) == (back.score, back.verdict)
    assert 0 <= forth.score <= 1
    assert {reason.code for reason in forth.reasons} <= set(REASON_CODES)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once
    email = normalise_email(text)
    assert email is None or normalise_email(email) == email


@given(companies)
def test_width_case_and_spaces_do_not_matter(name: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    spaced = " ".join(name)
    assert parse_company_name(wide) == parse_company_name(name) == parse_company_name(spaced)


@given(companies)
def test_script_does_not_matter(name: str) -> None:
    traditional = TO_TRADITIONAL.convert(name)
    assert parse_company_name(traditional).canonical == parse_company_name(name).canonical


@given(companies)
def test_brackets_do_not_matter(name: str) -> None:
    round_ones = name.replace("（", "(").replace("）", ")")
    square_ones = name.replace("（", "【").replace("）", "】")
    assert parse_company_name(round_ones) == parse_company_name(name)
    assert parse_company_name(square_ones) == parse_company_name(name)


@given(companies, companies)
def test_width_and_script_do_not_change_a_verdict(a: str, b: str) -> None:
    plain = compare_company_names(a, b)
    written = compare_company_names(TO_TRADITIONAL.convert(a), b.replace("公司", "公 司"))
    assert (plain.score, plain.verdict) == (written.score, written.verdict)


@given(names | latin_names, names | latin_names)
def test_a_verdict_follows_from_its_score(a: str, b: str) -> None:
    match = compare_company_names(a, b)
    assert match.verdict == verdict_for(match.score)


@given(st.lists(records, min_size=2, max_size=6))
def test_a_higher_score_never_has_a_weaker_verdict(batch: list[Identity]) -> None:
    first, *others = batch
    matches = sorted((compare(first, other) for other in others), key=lambda one: one.score)
    ranks = [("different", "probable", "same").index(match.verdict) for match in matches]
    assert ranks == sorted(ranks)


@given(place=st.sampled_from(PLACES), brand=st.sampled_from(BRANDS), trade=st.sampled_from(TRADES))
def test_a_branch_is_never_its_parent(place: str, brand: str, trade: str) -> None:
    parent = f"{place}{brand}{trade}有限公司"
    assert compare_company_names(parent, f"{parent}北京分公司").verdict == "probable"


@pytest.mark.parametrize("form", ["有限公司", "股份有限公司", "有限责任公司", "集团有限公司"])
@given(place=st.sampled_from(PLACES), brand=st.sampled_from(BRANDS), trade=st.sampled_from(TRADES))
def test_the_legal_form_does_not_matter(form: str, place: str, brand: str, trade: str) -> None:
    plain = f"{place}{brand}{trade}有限公司"
    assert compare_company_names(plain, f"{place}{brand}{trade}{form}").verdict == "same"


@given(st.text(max_size=40))
def test_any_text_can_be_parsed(text: str) -> None:
    parse_company_name(text)
    pinyin_key(text)
    match_keys(Identity(company=text, person=text, phones=(text,), emails=(text,), website=text))


@given(st.lists(records, max_size=8))
def test_duplicates_are_those_that_comparing_confirms(batch: list[Identity]) -> None:
    for pair in find_duplicates(batch):
        assert pair.match == compare(pair.left, pair.right)
        assert pair.match.verdict != "different"
        is_private = not (profile_of(pair.left).names or profile_of(pair.right).names)
        assert is_private or match_keys(pair.left) & match_keys(pair.right)


ODD = "".join(
    (
        "\ud800\udfff\x00\x1f\x7f\u200b\u200f\u202e\ufeff\u2028\u0301\u0300\u3000",
        "😀👨‍👩‍👧𠀀﨑⼈㈱㍿Ⅻⅷ①㊙½٣１Ａﬁßİıςﷺ々〆カ한عעไท",
        "()（）【】[]{}&+|_-—·•'\"\\%@#,;:/.<>",
        "公司有限集团分行路号栋室省市区县王张李转原第上海北京huaxin0138+86",
    )
)
odd_texts = st.text(ODD, max_size=40) | st.text(st.characters(), max_size=20)


@settings(max_examples=40, deadline=None)
@given(odd_texts, odd_texts)
def test_no_text_is_too_odd(left: str, right: str) -> None:
    a, b = (
        Identity(
            company=text, person=text, phones=(text,), emails=(text, f"{text}@huaxin.cn"),
            credit_code=text, website=text, wechat=text, address=text, region=text, aliases=(text,),
        )
        for text in (left, right)
    )  # fmt: skip
    assert compare(a, b).score == compare(b, a).score
    for key in match_keys(a):
        assert -(2**63) <= key.hash64 < 2**63
    for normalise in (normalise_phone, normalise_email, normalise_credit_code, normalise_wechat):
        found = normalise(left)
        assert found is None or normalise(found) == found
    for tell in (site_domain, email_domain, region_of, pinyin_initials, name_keys):
        tell(left)
    assert len(list(find_duplicates([a, b]))) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "华",
        "王重",
        "huaxin ",
        "(",
        "（原",
        "1",
        "0571-",
        "路1号",
        "a.",
        "a@",
        "😀",
        "\u0301",
        "市区县路",
    ],
)
def test_a_long_text_costs_little(text: str) -> None:
    long = text * (10_000 // len(text))
    record = Identity(
        company=long, person=long, phones=(long,), emails=(f"{long}@a.cn",), address=long,
        website=long, wechat=long, credit_code=long, region=long,
    )  # fmt: skip
    other = Identity(company="上海华信科技有限公司", person="Wang Wei", address="上海张江路88号")
    began = process_time()
    compare(record, other)
    match_keys(record)
    assert process_time() - began < 2
