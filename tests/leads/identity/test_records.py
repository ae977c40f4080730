"""Evidence of several fields adds up; a contradiction sets a ceiling."""

import pytest

from leads.identity import Identity, Key, ReasonCode, compare, match_keys

HUAXIN = "上海华信科技有限公司"
CODE, OTHER_CODE = "91110000600037341L", "91310000132260181E"


def codes(a: Identity, b: Identity) -> set[ReasonCode]:
    return {reason.code for reason in compare(a, b).reasons}


def test_one_credit_code_is_one_client() -> None:
    a, b = Identity(credit_code=CODE), Identity(credit_code=CODE.lower())
    assert compare(a, b).verdict == "same"


def test_two_credit_codes_are_two_clients() -> None:
    a = Identity(company=HUAXIN, phones=("13800138000",), credit_code=CODE)
    b = Identity(company=HUAXIN, phones=("13800138000",), credit_code=OTHER_CODE)
    match = compare(a, b)
    assert match.verdict == "different"
    assert ReasonCode.CREDIT_CODE_DIFFERENT in codes(a, b)


def test_an_organisation_code_meets_the_credit_code_that_holds_it() -> None:
    a, b = Identity(company=HUAXIN, credit_code=CODE), Identity(credit_code="60003734-1")
    match = compare(a, b)
    assert match.verdict == "same"
    assert [r.params for r in match.reasons if r.code == ReasonCode.ORGANISATION_CODE_EQUAL] == [
        {"value": "600037341"}
    ]
    assert match_keys(a) & match_keys(b) == {Key("credit", "600037341")}


def test_another_organisation_code_is_another_client() -> None:
    a = Identity(company=HUAXIN, credit_code=CODE)
    b = Identity(company=HUAXIN, credit_code="M000100Y4")
    assert compare(a, b).verdict == "different"
    assert ReasonCode.CREDIT_CODE_DIFFERENT in codes(a, b)


def test_a_registration_number_says_nothing_of_an_organisation_code() -> None:
    a = Identity(company=HUAXIN, credit_code="110108000000016")
    assert compare(a, Identity(company=HUAXIN, credit_code="600037341")).verdict == "same"


def test_a_shared_mobile_is_one_client() -> None:
    a = Identity(person="张三", phones=("13800138000",))
    b = Identity(company=HUAXIN, phones=("+86 138 0013 8000",))
    assert compare(a, b).verdict == "same"


@pytest.mark.parametrize("phone", ["021-62781234"])
def test_a_shared_switchboard_is_a_question(phone: str) -> None:
    assert compare(Identity(phones=(phone,)), Identity(phones=(phone,))).verdict == "probable"


def test_a_shared_mobile_of_two_firms_is_a_question() -> None:
    a = Identity(company=HUAXIN, phones=("13800138000",))
    b = Identity(company="北京大江贸易有限公司", phones=("13800138000",))
    assert compare(a, b).verdict == "probable"


def test_two_people_on_one_phone_are_a_question() -> None:
    a = Identity(person="张三", phones=("13800138000",))
    b = Identity(person="李四", phones=("13800138000",))
    assert compare(a, b).verdict == "probable"


def test_a_shared_mailbox_is_weaker_than_a_personal_one() -> None:
    personal = Identity(emails=("zhang@huaxin.cn",))
    shared = Identity(emails=("info@huaxin.cn",))
    assert compare(personal, personal).score > compare(shared, shared).score


def test_a_domain_supports_a_name() -> None:
    a = Identity(company="华信科技", emails=("zhang@huaxin.cn",))
    b = Identity(company=HUAXIN, website="https://www.huaxin.cn")
    assert compare(a, b).verdict == "same"
    assert ReasonCode.DOMAIN_EQUAL in codes(a, b)


def test_an_alias_counts_as_a_name() -> None:
    a = Identity(company="Philips (China)", aliases=("飞利浦（中国）投资有限公司",))
    b = Identity(company="飞利浦(中国)投资有限公司")
    assert compare(a, b).verdict == "same"


def test_nothing_in_common() -> None:
    match = compare(Identity(company=HUAXIN), Identity(phones=("13800138000",)))
    assert (match.score, match.verdict, match.reasons) == (0.0, "different", ())


def test_a_region_of_the_record_confirms_a_name_without_one() -> None:
    known = Identity(company="华信科技", region="上海")
    assert compare(Identity(company="华信科技"), Identity(company=HUAXIN)).verdict == "probable"
    assert compare(known, Identity(company=HUAXIN)).verdict == "same"
    at_home = Identity(company="华信科技", address="上海市浦东新区张江路 1 号")
    assert compare(at_home, Identity(company=HUAXIN)).verdict == "same"


def test_a_region_of_the_record_never_contradicts_a_name() -> None:
    elsewhere = Identity(company="华信科技", region="北京")
    assert compare(elsewhere, Identity(company=HUAXIN)).verdict == "probable"


def test_an_extension_is_a_desk() -> None:
    first, second = Identity(phones=("021-62781234转801",)), Identity(phones=("021-62781234转802",))
    assert compare(first, first).score > compare(Identity(phones=("021-62781234",)), first).score
    assert compare(first, second).verdict == "different"
    assert codes(first, second) == {ReasonCode.SWITCHBOARD_EQUAL}


def test_one_door_is_evidence_one_building_hardly() -> None:
    room = Identity(company="华信科技", address="上海市浦东新区张江路88号2幢301室")
    same = Identity(company="上海华信通信", address="上海浦东新区张江路88号2幢301")
    other = Identity(company="上海大江贸易有限公司", address="上海浦东新区张江路88号2幢502")
    assert ReasonCode.ADDRESS_EQUAL in codes(room, same)
    assert ReasonCode.BUILDING_EQUAL in codes(room, other)
    assert compare(room, other).verdict == "different"


def test_people_are_known_by_name_and_door() -> None:
    here = Identity(person="王小明", address="上海市浦东新区张江路88号2幢301室")
    pinyin = Identity(person="Wang Xiaoming", address="上海市浦东新区张江路88号2幢301室")
    other = Identity(person="李四", address="上海市浦东新区张江路88号2幢301室")
    assert compare(here, here).verdict == "same"
    assert compare(here, pinyin).verdict == "probable"
    assert compare(here, other).verdict == "different"


def test_a_slip_in_an_address_is_a_hint() -> None:
    a = Identity(person="张三丰", emails=("zhang.sanfeng@huaxin.cn",))
    b = Identity(person="张三丰", emails=("zhang.sanfong@huaxin.cn",))
    assert compare(a, b).verdict == "probable"
    assert ReasonCode.EMAIL_ALIKE in codes(a, b)


def test_an_old_number_does_not_contradict_a_new_one() -> None:
    a = Identity(company=HUAXIN, credit_code="110108000000016")
    assert compare(a, Identity(company=HUAXIN, credit_code=CODE)).verdict == "same"


def test_a_former_name_is_found() -> None:
    today = Identity(company="上海大江科技有限公司（原上海华信科技有限公司）")
    assert compare(today, Identity(company=HUAXIN)).verdict == "same"
    assert ReasonCode.FORMER_NAME in codes(today, Identity(company=HUAXIN))


def test_a_department_is_nobody() -> None:
    a, b = Identity(company=HUAXIN, person="采购部"), Identity(company="华信科技", person="采购部")
    assert ReasonCode.PERSON_EQUAL not in codes(a, b)


def test_a_pasted_page_costs_nothing() -> None:
    page = Identity(company="上海华信" * 2000, address="上海市张江路" * 2000, person="王" * 9000)
    assert compare(page, Identity(company=HUAXIN)).verdict == "different"
