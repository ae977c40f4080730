"""Names people use for well-known firms: 工行, Huawei. A shipped start; tenants teach their own."""

from functools import cache
from pathlib import Path

from leads.identity.companies import parse_company_name
from leads.identity.types import CompanyName

_FILE = Path(__file__).with_name("data") / "aliases.txt"
_NOBODY: frozenset[int] = frozenset()


@cache
def _firms() -> dict[str, frozenset[int]]:
    """Key of a name → the lines it stands on; a few names belong to two firms."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_FILE.read_text("utf-8").splitlines()):
        if line and not line.startswith("#"):
            for alias in line.split(" = "):
                found.setdefault(_keys(parse_company_name(alias))[0], set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _keys(name: CompanyName) -> tuple[str, str, str]:
    """The name as a whole, without its place, and its brand alone."""
    named = (name.brand + name.industry).replace(" ", "")
    return name.place + named, named, name.brand.replace(" ", "")


def known_firms(name: CompanyName) -> tuple[frozenset[int], bool]:
    """The well-known firms a name may mean, and whether the whole name says so."""
    firms = _firms()
    for key in (whole := _keys(name)):
        if found := firms.get(key):
            return found, key in whole[:2]
    return _NOBODY, False


def _firms_inside(name: CompanyName) -> frozenset[int]:
    """Suzuki Motor, Groupe Danone, 三菱商事: the known name begins or ends a longer one."""
    firms = _firms()
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
        return 1.0 if is_whole and is_other_whole else 0.9
    if not is_script_other:
        return 0.0
    firms, others = firms | _firms_inside(left), others | _firms_inside(right)
    return 0.0 if firms.isdisjoint(others) else 0.8
