"""Records of people without a company: what makes two of them one."""

import pytest

from leads.identity import Identity, ReasonCode, compare
from leads.identity.mail_evidence import alike_addresses, names_person

DOOR = "12 Queen Street, Richmond VIC 3121"


def codes(a: Identity, b: Identity) -> set[ReasonCode]:
    return {reason.code for reason in compare(a, b).reasons}


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        # a rare name, and nothing that speaks against it
        (("Jessica Owen", "", "", ""), ("Jessica Owen", "", "", ""), "probable"),
        (("Harriet Davidson", "", "", ""), ("Harriet Davidsen", "h@x-ray.net", "", ""), "probable"),
        (("Wang Wei", "", "", ""), ("Wang Wei", "", "", ""), "different"),
        (("王小明", "", "", ""), ("王小明", "", "", ""), "different"),
        (("Jessica", "", "", ""), ("Jessica", "", "", ""), "different"),
        # namesakes: something both tell is not the same
        (("John Smith", "j.smith@acme.com", "", ""), ("John Smith", "smithy@apex.org", "", ""),
         "different"),
        (("John Smith", "", DOOR, ""), ("John Smith", "", "9 King Road, Perth WA 6000", ""),
         "different"),
        (("John Smith", "", "", "London"), ("John Smith", "", "", "Leeds"), "different"),
        (("John Smith", "", "", "London"), ("John Smith", "", "", "London"), "probable"),
        # one household
        (("Karen Hope", "", DOOR, ""), ("April Hope", "", DOOR, ""), "different"),
        (("John Smith Sr", "", DOOR, ""), ("John Smith Jr", "", DOOR, ""), "different"),
        (("Chevonne Walkley", "", DOOR, ""), ("Chevonne Tognolini", "", DOOR, ""), "probable"),
        # the street with another number
        (("April Hope", "", DOOR, ""), ("April Hope", "", "Queen St, Richmond", ""), "probable"),
        # mail
        (("Thomas Gabriel", "gabriel.t54@nichols.info", "", ""),
         ("Thomas Gabriel", "gabriel.t54@nlchois.info", "", ""), "same"),
        (("Freddie", "", "", ""), ("", "freddie.gregory71@jensen.info", "", ""), "different"),
        (("Freddie Gregory", "", "", ""), ("Gregory", "freddie.gregory71@jensen.info", "", ""),
         "probable"),
        (("李小龙", "", "", ""), ("Li Xiaolong", "lixiaolong@huaxin.cn", "", ""), "probable"),
    ],
)  # fmt: skip
def test_people(a: tuple[str, ...], b: tuple[str, ...], verdict: str) -> None:
    left, right = (
        Identity(person=name, emails=(mail,), address=address, region=town)
        for name, mail, address, town in (a, b)
    )
    assert compare(left, right).verdict == verdict
    assert compare(right, left).score == compare(left, right).score


def test_a_name_says_more_beside_a_town() -> None:
    a = Identity(person="Theo White", region="Leeds")
    assert compare(a, a).score > compare(a, Identity(person="Theo White")).score
    assert ReasonCode.TOWN_EQUAL in codes(a, a)


def test_colleagues_are_two() -> None:
    one = Identity(person="Anna Berg", phones=("021-62781234-801",), emails=("berg1@huaxin.cn",))
    other = Identity(person="Carl Moss", phones=("021-62781234-802",), emails=("moss2@huaxin.cn",))
    assert compare(one, other).verdict != "same"
    assert ReasonCode.PERSON_DIFFERENT in codes(one, other)


@pytest.mark.parametrize(
    ("left", "right", "weight"),
    [
        ("zhang.san@huaxin.cn", "zhang.sam@huaxin.cn", 0.5),
        ("robert255@smith.net", "robert255@smiht.net", 0.75),
        ("wang1@huaxin-group.cn", "wang2@huaxin-group.cn", 0),
        ("info@huaxin.cn", "info@huaxing.cn", 0),
        ("robert255@smith.net", "robert255@gmail.com", 0),
    ],
)
def test_mail_alike(left: str, right: str, weight: float) -> None:
    found = alike_addresses([left], [right])
    assert (found.weight if found else 0) == weight


@pytest.mark.parametrize(
    ("address", "person", "says"),
    [
        ("freddie.gregory71@x.net", "gregory freddie", True),
        ("fgregory@x.net", "freddie gregory", True),
        ("zhangsan@huaxin.cn", "张三", True),
        ("chantaiman@x.hk", "陈大文", True),
        ("info@x.net", "freddie gregory", False),
        ("fg@x.net", "freddie gregory", False),
    ],
)
def test_mail_made_of_a_name(address: str, person: str, says: bool) -> None:  # noqa: FBT001
    assert bool(names_person(address, person)) is says
