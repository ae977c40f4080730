"""Telephone numbers: one spelling (E.164), and the province a Chinese one belongs to."""

import re
import unicodedata
from functools import cache

from leads.identity.mobile_areas import mobile_region
from leads.identity.words import index

_SEPARATORS = re.compile(r"[\s\-‐-―−().·/]+")
_EXTENSION = re.compile(
    r"(?:[,(]?\s*(?:内线|转接?|分机号?码?)|[;,(]?\s*ext(?:ension)?\.?|[x#*]|(?<=[0-9]{7})[(,])"
    r"[:=\s]*([0-9]{1,6})[^0-9]*$",
    re.IGNORECASE,
)
_DASHED_EXTENSION = re.compile(r"(?<=[0-9]{7})\s*[-−–—]\s*([0-9]{1,6})$")
_MOBILE = re.compile(r"1(?!79)[3-9][0-9]{9}")
_ALMOST_MOBILE = re.compile(r"1[0-9]{10}")  # as long as one: no other number in China is
_AS_EXCEL_SHOWS = re.compile(r"1\.[3-9][0-9]{9}e\+?10", re.IGNORECASE)  # 1.38E+10 has lost it
_MISREAD = re.compile(r"(?=.*[0-9].*[0-9].*[0-9].*[0-9].*[0-9])[0-9OolI -]{11,13}")
_LETTERS = str.maketrans("OolI", "0011")
_TWO_MOBILES = re.compile(r"(1[3-9][0-9]{9})(1[3-9][0-9]{9})")
_LAST_DIGITS = re.compile(r"\s*([0-9]{1,4})\s*")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}")
_PLAIN = re.compile(r"(1(?!79)[3-9][0-9]{9})|0(10|2[0-9]|[3-9][0-9]{2})-?([1-9][0-9]{6,7})")
_NEIGHBOURS = re.compile(r"852[2-9][0-9]{7}|853[268][0-9]{7}|886(?:9[0-9]{8}|[2-8][0-9]{7,8})")
_REMARK = re.compile(r"\([^0-9()]*\)|[\u4e00-\u9fff]+[:\s]*")  # (张三), 微信同号
_SEVERAL = re.compile(r"[/、,，;；|\n]|\s{2,}|\s(?=1[3-9][0-9]{9}|0[1-9]|\+)|或|和")
_KIND = re.compile(
    r"(?:联系)?(?:电话|手机|座机|固话|传真|办公|家庭|号码|tel|mobile|phone|fax)[号码]?\.?[:\s]*",
    re.IGNORECASE,
)
_AREA = re.compile(r"\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[-\s]*")
_LONGEST, _SEVERAL_AT_MOST, _TAIL = 120, 6, 7
_OF_TWO = 18  # digits that one number hardly has
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_PREFIX = re.compile(
    r"(?:\+|00)?86(?=1(?!79)[3-9][0-9]{9}$|0?(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}$|[48]00[0-9]{7}$)"
)
_PHONE_LIKE = re.compile(r"\+?[0-9\s\-()转#x,;]{7,24}")


def normalise_phone(text: str, region: str = "CN") -> str | None:
    """A phone in E.164, an extension after ';ext='; None when it cannot be one.

    Chinese numbers are read without the big metadata; everything else goes to libphonenumber.
    """
    if not text:
        return None
    if region == "CN" and text.isascii() and (plain := _PLAIN.fullmatch(text)):
        return "+86" + text if plain[1] else f"+86{plain[2]}{plain[3]}"
    raw = unicodedata.normalize("NFKC", text[:_LONGEST]).strip().removesuffix(".0")
    phone = _read(raw, region)
    if phone is None and _AS_EXCEL_SHOWS.fullmatch(raw):
        return _read(str(int(float(raw))), region)
    if phone is None and _MISREAD.fullmatch(raw):
        return _read(raw.translate(_LETTERS), region)
    if phone is None and (words := _REMARK.sub(" ", raw).strip()) != raw:
        return _read(words, region)
    return phone


def normalise_phones(text: str) -> tuple[str, ...]:
    """All numbers of a cell that may hold several: 13800138000/010-62508888、62508889."""
    if two := _TWO_MOBILES.fullmatch(_SEPARATORS.sub("", text[:_LONGEST])):
        return tuple(dict.fromkeys(f"+86{mobile}" for mobile in two.groups()))
    one = normalise_phone(text)
    if one and sum(map(str.isdigit, text)) < _OF_TWO and "/" not in text:
        return (one,)
    found: dict[str, None] = {}
    area = ""
    plain = _KIND.sub(",", unicodedata.normalize("NFKC", text[:_LONGEST]))
    pieces = [piece for piece in _SEVERAL.split(plain) if piece.strip()]
    for piece in pieces[:_SEVERAL_AT_MOST]:
        phone = normalise_phone(piece)
        if phone is None and area and len(_SEPARATORS.sub("", piece)) >= _TAIL:
            phone = normalise_phone(area + piece.strip())
        if phone is None and area and (last := _LAST_DIGITS.fullmatch(piece)):
            phone = _beside(next(reversed(found)), last[1])
        if phone is None:
            continue
        found[phone] = None
        if landline := _AREA.match(piece.strip()):
            area = landline[0]
    return tuple(found) or ((one,) if one else ())


def _beside(phone: str, digits: str) -> str | None:
    """0571-87654321/22: the next line of a switchboard, by its last digits."""
    return None if ";" in phone or is_mobile(phone) else phone[: -len(digits)] + digits


def _read(raw: str, region: str) -> str | None:
    number, extension = _split_extension(raw)
    if region != "CN":
        return _by_metadata(number, region, extension)
    digits = _SEPARATORS.sub("", number)
    if _NEIGHBOURS.fullmatch(digits):  # Hong Kong, Macau, Taiwan without the +
        return _by_metadata("+" + digits, region, extension)
    if national := _chinese_number(digits):
        return f"+86{national}{extension}"
    if _ALMOST_MOBILE.fullmatch(digits):
        return None
    return _by_metadata(number, region, extension)


def _chinese_number(number: str) -> str | None:
    digits = _PREFIX.sub("", number, count=1)
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    landline = digits if digits.startswith("0") else "0" + digits
    return landline[1:] if _LANDLINE.fullmatch(landline) else None


def _split_extension(raw: str) -> tuple[str, str]:
    if raw.isdigit():
        return raw, ""
    found = _EXTENSION.search(raw) or _DASHED_EXTENSION.search(raw)
    if not found:
        return raw, ""
    return raw[: found.start()], f";ext={found[1]}"


def _by_metadata(number: str, region: str, extension: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 - metadata of all countries, rarely needed

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    check = phonenumbers.is_valid_number if region == "CN" else phonenumbers.is_possible_number
    if not check(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) + extension


def is_mobile(phone: str) -> bool:
    """Whether a normalised phone is a Chinese mobile, so belongs to one person."""
    return phone.startswith("+861") and _MOBILE.fullmatch(phone[3:]) is not None


def looks_like_phone(text: str) -> bool:
    """Whether a text is a phone number rather than words."""
    return _PHONE_LIKE.fullmatch(text.strip()) is not None


@cache
def _area_index() -> dict[str, str]:
    return index("places", "area_codes")


def phone_region(text: str) -> str | None:
    """Province of a Chinese phone: a landline's area code, or where a mobile was issued."""
    phone = normalise_phone(text)
    if phone is None or not phone.startswith("+86"):
        return None
    national, areas = phone[3:], _area_index()
    if is_mobile(phone):
        return mobile_region(national)
    return areas.get(national[:3]) or areas.get(national[:2])
