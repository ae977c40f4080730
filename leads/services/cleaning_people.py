"""Columns of lists of people that only the cleaning of a file reads; nothing of them is stored."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from leads.identity.text import has_chinese

# Whole headings only, without spaces and marks; the field of an import is another matter.
HEADINGS: dict[str, tuple[str, ...]] = {
    "birth_date": (
        "出生日期", "生日", "出生年月日", "出生年月", "出生时间", "birthdate", "birthday", "dob",
        "dateofbirth", "bdate", "born", "bornon",
    ),
    "citizen_number": (
        "身份证", "身份证号", "身份证号码", "居民身份证", "居民身份证号", "居民身份证号码",
        "公民身份号码", "公民身份证号", "身份证件号", "身份证件号码", "身份号码", "证件号",
        "证件号码", "idcard", "idcardno", "idcardnumber", "idno", "idnumber", "identitycard",
        "identitynumber", "identitycardnumber", "nationalid", "citizenid",
    ),
    "family_name": ("姓", "姓氏", "surname", "lastname", "familyname", "lname"),
    "given_name": ("名", "firstname", "givenname", "forename", "fname"),
    "house": ("门牌号", "门牌", "streetnumber", "streetno", "housenumber", "houseno"),
    "line_1": ("address1", "addressline1", "street1", "street", "streetname", "街道地址"),
    "line_2": ("address2", "addressline2", "street2"),
    "suburb": ("suburb", "locality"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "邮编", "邮政编码"),
}  # fmt: skip
FIELDS = tuple(HEADINGS)
_MARKS = re.compile(r"[(\[【].*?[)\]】]|[\W_]+")
_NAME = ("given_name", "family_name")
_DOOR = ("house", "line_1", "line_2", "suburb", "postcode")


def people_columns(header: Sequence[str]) -> dict[str, str]:
    """Column → field, for the headings that name one of these whole."""
    found: dict[str, str] = {}
    for index, name in enumerate(header):
        plain = _MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())
        field = next((field for field, words in HEADINGS.items() if plain in words), "")
        if field and field not in found.values():
            found[str(index)] = field
    return _usable(found)


def _usable(found: dict[str, str]) -> dict[str, str]:
    """Half a name is better read as a name; a street alone as an address."""
    fields = set(found.values())
    if len(fields.intersection(_NAME)) < len(_NAME):
        fields -= {*_NAME}
    if fields.intersection(_DOOR) <= {"line_1"}:
        fields -= {"line_1"}
    return {index: field for index, field in found.items() if field in fields}


def whole_name(said: Mapping[str, str]) -> str:
    """A person's name, put together where it stands in two columns: 王|小明 without a space."""
    if name := said.get("contact_name", ""):
        return name
    given, family = (said.get(field, "") for field in _NAME)
    joined = f"{family}{given}"
    return f"{given} {family}".strip() if joined.isascii() else joined


def whole_address(said: Mapping[str, str]) -> str:
    """An address, put together where its parts stand in columns of their own."""
    if not any(said.get(field) for field in _DOOR):
        return said.get("address", "")
    house, street = said.get("house", ""), said.get("line_1") or said.get("address", "")
    if has_chinese(street):
        parts = (said.get("province"), said.get("city"), street, house, said.get("line_2"))
        return "".join(filter(None, parts))
    street = f"{house} {street}".strip()
    end = f"{said.get('city') or said.get('province', '')} {said.get('postcode', '')}".strip()
    return ", ".join(filter(None, (street, said.get("line_2"), said.get("suburb"), end)))
