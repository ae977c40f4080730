"""A private person's name where a company's should be: a question, unless more is told."""

import pytest

from leads.entering import WHOLE_NAME, evidence_of
from leads.identity import Identity, ReasonCode, compare, compare_company_names, find_duplicates
from leads.identity.companies import parse_company_name
from leads.identity.private_names import is_name_of_person

PEOPLE = [
    "张伟",
    "王小明",
    "李建国",
    "刘洋",
    "欧阳娜娜",
    "诸葛亮",
    "张先生",
    "王总",
    "王伟明",
    "张伟先生",
    "陈女士",
    "高建国",
]
FIRMS = [
    "华信",
    "李宁",
    "周大福",
    "王老吉",
    "万达",
    "安踏",
    "高明",
    "方正",
    "林海",
    "王朝",
    "黄海",
    "张裕",
    "白云",
    "金利来",
    "东方",
    "司马台",
    "张伟有限公司",
    "王小明饭店",
    "上海张伟",
    "huaxin",
    "总",
    "王",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_people(name: str) -> None:
    assert is_name_of_person(parse_company_name(name))
    match = compare_company_names(name, name)
    assert (match.verdict, match.reasons[0].code) == ("probable", ReasonCode.NAME_OF_PERSON)


@pytest.mark.parametrize("name", FIRMS)
def test_firms(name: str) -> None:
    assert not is_name_of_person(parse_company_name(name))
    assert compare_company_names(name, name).verdict == "same"


@pytest.mark.parametrize("firm", ["张伟有限公司", "张伟公司", "张伟服装店"])
def test_a_person_and_a_firm_of_the_name(firm: str) -> None:
    for left, right in (("张伟", firm), (firm, "张伟")):
        assert compare_company_names(left, right).verdict == "probable"
    assert compare_company_names(firm, firm).verdict == "same"


@pytest.mark.parametrize("person", ["", "张伟"])
def test_the_name_alone_asks_and_does_not_block(person: str) -> None:
    one, other = (
        Identity(id=number, company="张伟", person=person, phones=(phone,))
        for number, phone in enumerate(("13800138000", "13911112222"))
    )
    match = compare(one, other)
    assert match.verdict == "probable"
    assert WHOLE_NAME not in evidence_of(match.verdict, match.reasons)
    [found] = find_duplicates([one, other])
    assert found.match == match


@pytest.mark.parametrize(
    "one",
    [
        Identity(company="张伟", phones=("13800138000",)),
        Identity(company="张伟", emails=("zhangwei88@qq.com",)),
        Identity(company="张伟", wechat="zhangwei88"),
    ],
)
def test_with_more_evidence_it_is_the_same_one(one: Identity) -> None:
    assert compare(one, one).verdict == "same"


@pytest.mark.parametrize("name", ["Zhang Wei", "Xiaoming Li", "John Smith", "Maria A. Lopez"])
def test_a_bare_name_in_letters_is_asked_about(name: str) -> None:
    assert compare_company_names(name, name.upper()).verdict == "probable"


@pytest.mark.parametrize("name", ["Zhang Wei Trading Co.", "John Deere", "Huaxin", "Jade Palace"])
def test_a_firm_in_letters_is_the_same(name: str) -> None:
    assert compare_company_names(name, name.upper()).verdict == "same"
