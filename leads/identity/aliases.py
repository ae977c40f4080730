"""Names people use for well-known firms: 工行, Huawei. A shipped start; tenants teach their own."""

from functools import cache
from pathlib import Path

from leads.identity.companies import parse_company_name
from leads.identity.types import CompanyName

_FILE = Path(__file__).with_name("data") / "aliases.txt"
_NOBODY: frozenset[int] = frozenset()
_KEPT = 65_536  # names whose firms are remembered
TOLD = 4  # characters by which most names are told from those of well-known firms
_OF_ITS_OWN = ("institution", "shop")  # 海德堡大学 is not 海德堡

Names = dict[str, frozenset[int]]
_Known = tuple[frozenset[int], bool]
_names: Names = {}
_known: dict[str, _Known] = {}


@cache
def _labels() -> list[str]:
    """The first name on each line."""
    return [line.partition(" = ")[0] for line in _FILE.read_text("utf-8").splitlines()]


def known_names() -> Names:
    """Key of a name → the lines it stands on: a fifth of a second's work, done once."""
    if not _names:
        _names.update(_read_names())
    return _names


def know_names(names: Names) -> None:
    """The same, worked out by another process."""
    _names.update(names)


def _read_names() -> Names:
    found: Names = {}
    for number, line in enumerate(_FILE.read_text("utf-8").splitlines()):
        if line and not line.startswith("#"):
            here = frozenset((number,))
            for alias in line.split(" = "):
                key = alias_keys(parse_company_name(alias))[0]
                found[key] = found[key] | here if key in found else here
    return found


def alias_keys(name: CompanyName) -> tuple[str, ...]:
    """The name as a whole, without its place, without words that say nothing, its brand alone."""
    brand = name.brand.replace(" ", "")
    named = (name.brand + name.industry).replace(" ", "")
    if brand.isascii():
        return name.place + named, named, brand
    full = _from_brand_to_form(name) or named
    if name.form_kind in _OF_ITS_OWN:
        return name.place + full + name.legal_form, full + name.legal_form
    return name.place + full, full, name.place + named, named, brand


def _from_brand_to_form(name: CompanyName) -> str:
    """美国联合航空: here 联合 tells two firms apart, though it says nothing of a trade."""
    start = name.text.find(name.brand)
    return name.text[start:].removesuffix(name.legal_form) if start >= 0 else ""


def known_firms(name: CompanyName) -> _Known:
    """The well-known firms a name may mean, and whether the whole name says so."""
    found = _known.get(name.text)
    if found is None:
        if len(_known) >= _KEPT:
            _known.clear()
        found = _known[name.text] = _look_up(name)
    return found


@cache
def beginnings() -> frozenset[str]:
    """How the keys of well-known firms begin."""
    return frozenset(key[:size] for key in known_names() for size in range(1, TOLD + 1))


def _may_be_known(name: CompanyName) -> bool:
    """False for nearly all names: every key of a name begins with its brand, or place and brand."""
    brand, known = name.brand, beginnings()
    if " " in brand:
        return True
    return brand[:TOLD] in known or (name.place + brand)[:TOLD] in known


def firm_labels(name: CompanyName) -> tuple[str, ...]:
    """One word in either language for a well-known firm, to file both its names under."""
    if not _may_be_known(name):
        return ()
    firms = known_firms(name)[0]
    if not firms and " " in name.brand:
        firms = _firms_inside(name)  # Goodyear Tire
    return tuple(sorted(_labels()[number] for number in firms)) if firms else ()


def _look_up(name: CompanyName) -> _Known:
    firms = known_names()
    keys = alias_keys(name)
    for key in keys:
        if found := firms.get(key):
            return found, name.form_kind in _OF_ITS_OWN or key in keys[:-1]
    return _NOBODY, False


def _firms_inside(name: CompanyName) -> frozenset[int]:
    """Suzuki Motor, Groupe Danone, 三菱商事: the known name begins or ends a longer one."""
    if name.form_kind in _OF_ITS_OWN:
        return _NOBODY
    firms = known_names()
    words = name.brand.split() if " " in name.brand or name.brand.isascii() else list(name.brand)
    if name.brand.isascii():
        words = [*words, *name.industries]
    least = 1 if name.brand.isascii() else 2
    for size in range(len(words), least - 1, -1):
        start_of_it = "".join(words[:size])
        if found := firms.get(start_of_it) or firms.get(start_of_it.removesuffix("com")):
            return found
    for start in range(1, len(words) - least + 1):
        if found := firms.get("".join(words[start:])):
            return found
    return _NOBODY


def alias_strength(
    left: CompanyName, right: CompanyName, *, is_script_other: bool = False
) -> float:
    """How surely two names are known for the same firm: 0 unknown, 1 whole names.

    Names in two scripts may be longer than the known ones: Suzuki Motor is 铃木公司.
    """
    firms, is_whole = known_firms(left)
    others, is_other_whole = known_firms(right)
    if not firms.isdisjoint(others):
        is_sure = is_whole and is_other_whole and (is_script_other or _are_akin(left, right))
        return 1.0 if is_sure else 0.9
    if not is_script_other:
        return 0.0
    firms, others = firms | _firms_inside(left), others | _firms_inside(right)
    return 0.0 if firms.isdisjoint(others) else 0.8


def _are_akin(left: CompanyName, right: CompanyName) -> bool:
    """工行, 工商银行: one cut short. 富士康, 鸿海 share nothing: rather a brand and its owner."""
    a, b = left.brand, right.brand
    return a[:1] == b[:1] if a.isascii() else not set(a).isdisjoint(b)
