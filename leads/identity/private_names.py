"""Is what stands as a company's name the name of a private person? 张伟 is one of 300,000."""

from leads.identity.aliases import known_firms
from leads.identity.latin_persons import GIVEN_NAMES, is_pinyin
from leads.identity.persons import COMPOUND_SURNAMES
from leads.identity.types import CompanyName
from leads.identity.words import words

_SURNAMES = words("persons", "surnames")
_ALSO_WORDS = words("persons", "surnames_also_words")  # 高明, 金华: rather a brand or a place
_ALONE = words("persons", "given_alone")
_GIVEN = _ALONE | words("persons", "given_with_another")
_ADDRESSED = ("先生", "女士", "小姐", "太太", "老师", "师傅", "老板", "总", "董")
_GIVEN_NAMES = GIVEN_NAMES - words("persons", "latin_also_words")
_IN_LETTERS = words("persons", "surnames_in_letters")
_LONGEST = 6
_WORDS = 3


def is_name_of_person(name: CompanyName) -> bool:
    """Only usual surnames before usual given names; a well-known firm (李宁) is none."""
    text = name.text
    if text.isascii():
        return " " in text and _is_latin_persons(name) and not known_firms(name)[0]
    if len(text) > _LONGEST or text != name.brand:
        return False
    return _is_persons(text) and not known_firms(name)[0]


def _is_latin_persons(name: CompanyName) -> bool:
    """Zhang Wei, John A Smith: no form, no trade, and a name that many are given."""
    words = name.text.split()
    if name.text != name.brand or not 1 < len(words) <= _WORDS:
        return False
    if words[0] in _GIVEN_NAMES and all(map(str.isalpha, words)):
        return True
    return is_pinyin(name.text) and not _IN_LETTERS.isdisjoint((words[0], words[-1]))


def _is_persons(text: str) -> bool:
    surname = text[:2] if text[:2] in COMPOUND_SURNAMES else text[:1]
    if surname not in _SURNAMES and surname not in COMPOUND_SURNAMES:
        return False
    given = text[len(surname) :]
    if title := next((title for title in _ADDRESSED if given.endswith(title)), ""):
        given = given[: -len(title)]
        if not given:
            return len(title) > 1 or surname not in _ALSO_WORDS
    if len(given) == 1:
        return given in _ALONE and (bool(title) or surname not in _ALSO_WORDS)
    return len(given) == 2 and _GIVEN.issuperset(given)  # noqa: PLR2004
