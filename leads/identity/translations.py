"""One firm in two languages, without a list: by word (波士顿啤酒) and by ear (阿尔斯通)."""

from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from leads.identity.aliases import known_firms
from leads.identity.readings import all_readings
from leads.identity.text import pinyin_key
from leads.identity.transliteration import heard_alike
from leads.identity.types import CompanyName
from leads.identity.words import table

_WORDS = 2  # of a Latin brand that may begin with a place
_LONGEST_SYLLABLE = 6
_HEARD = 3  # characters of a brand that is rather a foreign one written by ear
_SAYS_WHO = 3  # characters a translation explains, from which it says who it is
_BY_WORD, _BY_EAR = 0.76, 0.7
SILENT_WORDS = frozenset({"company", "group", "holding", "holdings", "com", "cn", "international"})


@cache
def translated_words() -> dict[str, tuple[str, ...]]:
    """An English word, or two, and the Chinese ones for it."""
    return {**table("translations", "words"), **table("translations", "places")}


def translates(chinese: CompanyName, latin: CompanyName) -> float:
    """How surely the Chinese name says the English one: 波士顿啤酒, 考克斯通信, 阿尔斯通; 0 not."""
    if chinese.is_generic and not chinese.place:
        return 0.0
    strange, silent, brand, said = _unexplained(chinese, latin)
    if chinese.place and chinese.place == latin.place:
        said += len(chinese.place)  # 陕西汽车, Shaanxi Automobile
    if strange and brand:
        is_said = heard_alike(brand, strange, is_confirmed=said > 1) and not (
            chinese.place and len(brand) < _HEARD and _is_other_pinyin(brand, strange)
        )
    elif silent and brand and said > 1:
        is_said = heard_alike(brand, _unsaid(chinese, latin), is_confirmed=True)
    else:
        is_said = not (strange or silent or brand) and said >= _SAYS_WHO
    if not is_said or _are_known_as_two(chinese, latin):
        return 0.0
    return _BY_WORD if said > 1 else _BY_EAR


def without_places_of(latin: CompanyName, chinese: CompanyName) -> CompanyName:
    """Foshan |Shunde| Yongsheng beside 佛山市顺德区永盛: the parts of a place may all be told."""
    words = latin.brand.split()
    if not chinese.region or len(words) < _WORDS:
        return latin
    parts = _places_in_letters(chinese.region)
    rest = [word for word in words if word not in parts]
    return latin._replace(brand=" ".join(rest)) if rest and len(rest) < len(words) else latin


@lru_cache(maxsize=4096)
def _places_in_letters(region: str) -> frozenset[str]:
    """佛山顺德 as foshan, shunde and both."""
    ends = {region, *(region[:at] for at in (2, 3)), *(region[at:] for at in (2, 3, 4, 5))}
    return frozenset(pinyin_key(end) for end in ends if len(end) > 1)


def _is_other_pinyin(brand: str, word: str) -> bool:
    """Whether a word reads as just as many syllables, though other ones: Lange is not 兰卡."""
    return len(brand) in syllables(word) and OSA.distance(pinyin_key(brand), word) > 1


@lru_cache(maxsize=4096)
def syllables(word: str) -> frozenset[int]:
    """Into how many syllables of pinyin a word may be cut."""
    ways: list[set[int]] = [{0}, *(set() for _ in word)]
    known = _all_syllables()
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            if word[start:end] in known:
                ways[end].update(count + 1 for count in ways[start])
    return frozenset(ways[-1])


@cache
def _all_syllables() -> frozenset[str]:
    return all_readings()


def _are_known_as_two(chinese: CompanyName, latin: CompanyName) -> bool:
    """American Airlines and 美国联合航空 are both on the list of well-known firms, as two."""
    (firms, is_whole), (others, is_other_whole) = known_firms(chinese), known_firms(latin)
    return is_whole and is_other_whole and firms.isdisjoint(others)


def _unexplained(chinese: CompanyName, latin: CompanyName) -> tuple[str, bool, str, int]:
    """Words not listed, whether listed ones are unsaid, the rest of the brand, what agrees."""
    known, brand, rest = translated_words(), chinese.brand, chinese.text
    if chinese.form_kind == "company":
        rest = rest.replace(chinese.legal_form, "")
    strange: list[str] = []
    is_silent, said = False, 0
    for word in in_pairs(latin.brand.split(), known):
        if word in SILENT_WORDS:
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
    known = translated_words()
    words = [word for word in in_pairs(latin.brand.split(), known) if word not in SILENT_WORDS]
    return "".join(
        word for word in words if not any(one in chinese.text for one in known.get(word, ()))
    )


def in_pairs(words: list[str], known: dict[str, tuple[str, ...]]) -> list[str]:
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
