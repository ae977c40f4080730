"""Province of a Chinese mobile by its first seven digits, from a table of 11 kB.

The table is derived from the geodata of `phonenumbers` (Apache-2.0), which itself needs 150 MB and
seconds to load. Rebuild after an update: `python -m leads.identity.mobile_areas`.
"""

import lzma
from functools import cache
from pathlib import Path

from leads.identity.places import PROVINCES, place_at

_FILE = Path(__file__).with_name("data") / "mobile_areas.xz"
_FIRST, _SIZE = 1_300_000, 700_000  # 1300000…1999999


@cache
def _table() -> tuple[list[str], bytes]:
    header, _, rows = lzma.decompress(_FILE.read_bytes()).partition(b"\n")
    return header.decode().split(" "), rows


def mobile_region(number: str) -> str | None:
    """Province where a mobile (11 digits) was issued; None when nobody says."""
    provinces, rows = _table()
    code = rows[int(number[:7]) - _FIRST]
    return provinces[code - 1] if code else None


def build(areas: dict[str, str]) -> bytes:
    """The table from prefix (86138…) → Chinese description (广东省深圳市); longer prefixes win."""
    codes = {province: code for code, province in enumerate(PROVINCES, start=1)}
    rows = bytearray(_SIZE)
    for prefix in sorted(areas, key=len):
        place = place_at(areas[prefix])
        first = int(prefix[2:].ljust(7, "0")) - _FIRST
        if place and first >= 0 and 7 <= len(prefix) <= 9:  # a whole 173… in one town is a gap
            count = 10 ** (9 - len(prefix))
            rows[first : first + count] = bytes([codes[place.province]]) * count
    return lzma.compress(" ".join(PROVINCES).encode() + b"\n" + bytes(rows), preset=9)


def main() -> None:
    """Rebuild the table from the installed phonenumbers."""
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415 - 150 MB, here only

    chinese = {
        prefix: names["zh"]
        for prefix, names in GEOCODE_DATA.items()
        if prefix.startswith("861") and "zh" in names
    }
    _FILE.write_bytes(build(chinese))


if __name__ == "__main__":
    main()
