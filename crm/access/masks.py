"""How a value looks to those who may know that it exists, but not what it is."""

from typing import Any

DOTS = "****"
SEVERAL = "、"


def mask_phone(value: Any) -> str:
    """138****5678; of short numbers only the last two digits stay. Several each by itself."""
    text = str(value)
    if SEVERAL in text:
        return SEVERAL.join(map(mask_phone, text.split(SEVERAL)))
    signs = [sign for sign in text if sign.isdigit() or sign == "+"]
    if len(signs) < 9:
        return f"{DOTS}{''.join(signs[-2:])}" if len(signs) > 4 else DOTS
    return f"{''.join(signs[: len(signs) - 8])}{DOTS}{''.join(signs[-4:])}"


def mask_email(value: Any) -> str:
    """The first letter and the domain: l****@example.com."""
    name, at, domain = str(value).rpartition("@")
    return f"{name[:1]}{DOTS}{at}{domain}" if at else DOTS


def mask_end(value: Any) -> str:
    """The last four signs: **** 1234; of short values none."""
    text = "".join(str(value).split())
    return f"{DOTS} {text[-4:]}" if len(text) > 8 else DOTS


def mask_all(value: Any) -> str:
    """Nothing but the fact that there is a value."""
    return DOTS
