"""One firm in two languages, without a list: by word (波士顿啤酒) and by ear (阿尔斯通)."""

from functools import cache

from leads.identity.aliases import known_firms
from leads.identity.transliteration import heard_alike
from leads.identity.types import CompanyName
from leads.identity.words import table

_SAYS_WHO = 3  # characters a translation explains, from which it says who it is
_BY_WORD, _BY_EAR = 0.76, 0.7
_SILENT = frozenset({"company", "group", "holding", "holdings", "com", "cn", "international"})


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return {**table("translations", "words"), **table("translations", "places")}


def translates(chinese: CompanyName, latin: CompanyName) -> float:
    """How surely the Chinese name says the English one: 波士顿啤酒, 考克斯通信, 阿尔斯通; 0 not."""
    if chinese.is_generic and not chinese.place:
        return 0.0
    strange, silent, brand, said = _unexplained(chinese, latin)
    if chinese.place and chinese.place == latin.place:
        said += len(chinese.place)  # 陕西汽车, Shaanxi Automobile
    if strange and brand:
        is_said = heard_alike(brand, strange, is_confirmed=said > 1)
    elif silent and brand and said > 1:
        is_said = heard_alike(brand, _unsaid(chinese, latin), is_confirmed=True)
    else:
        is_said = not (strange or silent or brand) and said >= _SAYS_WHO
    if not is_said or _are_known_as_two(chinese, latin):
        return 0.0
    return _BY_WORD if said > 1 else _BY_EAR


def _are_known_as_two(chinese: CompanyName, latin: CompanyName) -> bool:
    """American Airlines and 美国联合航空 are both on the list of well-known firms, as two."""
    (firms, is_whole), (others, is_other_whole) = known_firms(chinese), known_firms(latin)
    return is_whole and is_other_whole and firms.isdisjoint(others)


def _unexplained(chinese: CompanyName, latin: CompanyName) -> tuple[str, bool, str, int]:
    """Words not listed, whether listed ones are unsaid, the rest of the brand, what agrees."""
    known, brand, rest = _words(), chinese.brand, chinese.text
    if chinese.form_kind == "company":
        rest = rest.replace(chinese.legal_form, "")
    strange: list[str] = []
    is_silent, said = False, 0
    for word in _in_pairs(latin.brand.split(), known):
        if word in _SILENT:
            continue
        found = next((one for one in known.get(word, ()) if one in rest), "")
        if found:
            said += len(found)
            rest, brand = rest.replace(found, "|", 1), _taken_off(brand, found)
        elif word in known:
            is_silent = True
        else:
            strange.append(word)
    for word in latin.industries:
        if found := next((one for one in known.get(word, ()) if one in rest), ""):
            brand, said = _taken_off(brand, found), said + len(found)
        elif chinese.industry:
            is_silent = True
    return "".join(strange), is_silent, brand, said


def _unsaid(chinese: CompanyName, latin: CompanyName) -> str:
    """Listed words that the Chinese name may give by ear instead: Cardinal, 卡地纳."""
    known = _words()
    words = [word for word in _in_pairs(latin.brand.split(), known) if word not in _SILENT]
    return "".join(
        word for word in words if not any(one in chinese.text for one in known.get(word, ()))
    )


def _in_pairs(words: list[str], known: dict[str, tuple[str, ...]]) -> list[str]:
    """New York is one word here."""
    found: list[str] = []
    for word in words:
        if found and f"{found[-1]} {word}" in known:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found


def _taken_off(brand: str, found: str) -> str:
    """The word without which the brand is left; one that reaches into the trade leaves nothing."""
    if not found:
        return brand
    if found in brand:
        return brand.replace(found, "", 1)
    return "" if brand and brand in found else brand
