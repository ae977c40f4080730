"""Long lists for a statement, written as the database reads them: `unnest(%s::bigint[])`.

psycopg wraps every single element, which for the keys of a thousand rows costs more than to find
them.
"""

from collections.abc import Iterable


def of_numbers(values: Iterable[int | None]) -> str:
    """Whole numbers, and NULL where there is none."""
    return "{" + ",".join(["NULL" if one is None else str(one) for one in values]) + "}"


def of_flags(values: Iterable[bool]) -> str:
    """True and false."""
    return "{" + ",".join(["t" if one else "f" for one in values]) + "}"


def of_texts(values: Iterable[str]) -> str:
    """Texts, whatever is in them."""
    return "{" + ",".join([f'"{_escaped(one)}"' for one in values]) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
