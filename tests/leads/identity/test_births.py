"""Birth dates and identity numbers of people."""

import pytest

from leads.identity import Identity, ReasonCode, compare, find_duplicates
from leads.identity.births import birth_dates, citizen_number, compare_births

NUMBER = "11010519491231002X"  # the example of GB 11643
OTHER = "440524188001010014"
DOOR = "12 Queen Street, Richmond VIC 3121"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1990-01-02", {"19900102"}),
        ("1990/1/2", {"19900102"}),
        ("1990.01.02", {"19900102"}),
        ("19900102", {"19900102"}),
        ("1990年1月2日", {"19900102"}),
        ("１９９０年０１月０２日", {"19900102"}),
        ("1990年1月2日生", {"19900102"}),
        ("1990-01-02 00:00:00", {"19900102"}),
        ("1990-01-02T00:00", {"19900102"}),
        ("02/01/1990", {"19900102", "19900201"}),
        ("13/01/1990", {"19900113"}),
        ("01/13/1990", {"19900113"}),
        ("02.01.1990", {"19900102"}),
        ("2 Jan 1990", {"19900102"}),
        ("January 2nd, 1990", {"19900102"}),
        ("32875", {"19900102"}),
        ("32875.0", {"19900102"}),
        ("1990-02-30", set()),
        ("1990-13-01", set()),
        ("0000-00-00", set()),
        ("1900-01-01", set()),
        ("1970-01-01", set()),
        ("2190-01-01", set()),
        ("1990", set()),
        ("90后", set()),
        ("", set()),
        ("13800138000", set()),
    ],
)
def test_dates_are_read(text: str, days: set[str]) -> None:
    assert birth_dates(text) == days


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("1990-01-02", "1990年1月2日", "equal"),
        ("1990-01-02", "02/01/1990", "equal"),
        ("1990-03-12", "1990-12-03", "alike"),
        ("1990-03-12", "1990-03-13", "alike"),
        ("1990-03-12", "1991-03-12", "alike"),
        ("1990-03-12", "1990-03-21", "alike"),
        ("1990-03-12", "1991-03-11", "open"),
        ("1990-01-01", "1990-08-17", "open"),
        ("1990-01-01", "1990-01-01", "alike"),
        ("1990-03-12", "1957-11-28", "different"),
        ("1990-03-12", "1990-11-28", "open"),
        ("1990-03-12", "1984-11-28", "different"),
        ("1990-03-12", "1970-03-13", "different"),
        ("1990-03-12", "1990-02-16", "open"),  # one day in two calendars
    ],
)
def test_dates_are_compared(left: str, right: str, likeness: str) -> None:
    assert compare_births(birth_dates(left), birth_dates(right)) == likeness
    assert compare_births(birth_dates(right), birth_dates(left)) == likeness


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (NUMBER, NUMBER),
        ("11010519491231002x", NUMBER),
        (" 110105 19491231 002X", NUMBER),
        ("身份证：11010519491231002X", NUMBER),
        ("110105491231002", NUMBER),
        ("110105194912310021", ""),
        ("110105194913310020", ""),
        ("990105194912310020", ""),
        ("13800138000", ""),
        ("", ""),
    ],
)
def test_identity_numbers_are_checked(text: str, number: str) -> None:
    assert citizen_number(text) == number


def person(name: str, born: str = "", **more: object) -> Identity:
    return Identity(person=name, birth_date=born, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        # a name and a birth date
        (person("王小明", "1990-03-12"), person("王小明", "1990年3月12日"), "probable"),
        (person("John Smith", "1990-03-12"), person("Jon Smith", "19900312"), "probable"),
        (person("王小明", "1990-03-12"), person("Wang Xiaoming", "12/03/1990"), "probable"),
        (person("王小明", "1990-03-12"), person("李志强", "1990-03-12"), "different"),
        (person("王小明", "1990-03-12"), person("王小明", "1990-03-13"), "probable"),
        (person("王总", "1990-03-12"), person("王建国", "1990-03-12"), "probable"),
        (person("王总", "1990-03-12"), person("李建国", "1990-03-12"), "different"),
        # namesakes
        (person("Harriet Davidson"), person("Harriet Davidson"), "probable"),
        (person("Harriet Davidson", "1990-03-12"), person("Harriet Davidson", "1957-11-28"),
         "different"),
        (person("John Smith", "1990-03-12", address=DOOR),
         person("John Smith", "1957-11-28", address=DOOR), "different"),
        (person("John Smith", "1990-03-12", phones=("13800138000",)),
         person("John Smith", "1957-11-28", phones=("13800138000",)), "probable"),
        # twins
        (person("Karen Hope", "1990-03-12", address=DOOR),
         person("April Hope", "1990-03-12", address=DOOR), "different"),
        (person("Jayden Bennett", "1990-03-12", emails=("jb88@king.com",)),
         person("Jayaned Bennett", "1990-03-12", emails=("8jb88@king.com",)), "probable"),
        # more evidence
        (person("Harriet Davidson", "1990-03-12", address=DOOR),
         person("Harriet Davidson", "1990-03-12", address=DOOR), "same"),
        (person("Harriet Davidson", "1990-03-12", emails=("harriet.d@jensen.info",)),
         person("Harriet Davidson", "1990-03-12", emails=("harriet.d@jensen.info",)), "same"),
        # identity numbers
        (person("王小明", citizen_number=NUMBER),
         person("Wang X", citizen_number="110105491231002"), "same"),
        (person("王小明", citizen_number=NUMBER), person("王小明", "1949-12-31"), "probable"),
        (person("王小明", citizen_number=NUMBER, phones=("13800138000",)),
         person("王小明", citizen_number=OTHER, phones=("13800138000",)), "different"),
        # the client is the firm, whoever is told beside it
        (person("王小明", "1990-03-12", company="上海华信科技有限公司"),
         person("王小明", "1957-11-28", company="上海华信科技有限公司"), "same"),
        (person("王小明", company="上海华信科技有限公司", citizen_number=NUMBER),
         person("李志强", company="上海华信科技有限公司", citizen_number=OTHER), "same"),
    ],
)  # fmt: skip
def test_verdicts(left: Identity, right: Identity, verdict: str) -> None:
    assert compare(left, right).verdict == verdict
    assert compare(right, left).score == compare(left, right).score


def test_a_reason_never_shows_a_whole_number() -> None:
    one = person("王小明", citizen_number=NUMBER)
    same = compare(one, one)
    assert {"code": "citizen_number_equal", "params": {"value": "…002X"}} in [
        reason.as_dict() for reason in same.reasons
    ]
    two = compare(one, person("王小明", citizen_number=OTHER))
    for reason in (*same.reasons, *two.reasons):
        assert not any(
            number in text for text in reason.params.values() for number in (NUMBER, OTHER)
        )
    assert ReasonCode.CITIZEN_NUMBER_DIFFERENT in {reason.code for reason in two.reasons}


def test_a_file_is_searched_by_birth_date_and_number() -> None:
    records = [
        Identity(1, person="阿依古丽", birth_date="1990-03-12"),
        Identity(2, person="阿依古丽·买买提", birth_date="1990-03-12"),
        Identity(3, person="Catherine Quilliam", birth_date="1988-07-09"),
        Identity(4, person="Kathryn Quillyam", birth_date="09/07/1988"),
        Identity(5, person="王小明", citizen_number=NUMBER),
        Identity(6, person="Xiaoming", citizen_number="110105491231002"),
        Identity(7, company="上海华信科技有限公司", citizen_number=NUMBER),
    ]
    found = {(pair.left.id, pair.right.id) for pair in find_duplicates(records)}
    assert {(3, 4), (5, 6)} <= found
