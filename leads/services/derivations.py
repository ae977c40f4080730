"""What a name, a number or a place as typed is compared, ordered and filed by."""

from crm.places import CODES
from leads.identity import normalise_credit_code, normalise_name, normalise_phone, pinyin_key
from leads.identity import region_of as engine_region_of


def name_keys_of(name: str) -> tuple[str, str]:
    """The reading order of a company's name and its comparable spelling."""
    return pinyin_key(name)[:200], normalise_name(name)[:200]


def phone_key_of(phone: str) -> str:
    """The number in E.164 without its extension, empty when it cannot be one."""
    return (normalise_phone(phone) or "").partition(";")[0][:32] if phone else ""


def credit_code_of(code: str) -> str:
    """The code as registered; one with a wrong check digit stays as typed."""
    return (normalise_credit_code(code) or code.strip().upper())[:18] if code else ""


def province_of(*texts: str) -> str:
    """The code of the first province that the texts point to, empty when none does."""
    for text in texts:
        region = engine_region_of(text) if text else None
        if region:
            return CODES.get(region, "")
    return ""
