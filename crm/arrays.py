"""Long lists for a statement, written as the database reads them: `unnest(%s::bigint[])`.

psycopg wraps every single element, which for the keys of a thousand rows costs more than to find
them.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignObject, Lookup

NONE = "{}"


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


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """`pk__any_of=ids`: what `__in` finds, thousands of whole numbers in one parameter.

    Unlike a subquery it is a condition of an index also where it stands beside an OR.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def get_prep_lookup(self) -> str:
        return of_numbers(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        if self.rhs == NONE:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", (*params, self.rhs)
