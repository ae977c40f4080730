"""Which column means what."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payments.statements.names import MEMO_COLUMNS, SYNONYMS


def label(text: str) -> str:
    """A column name without case, width, blanks, brackets, or the unit of money behind it."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("帐", "账")
    plain = re.sub(r"[\W_]+", "", plain)
    return re.sub(r"(?<=额)(?:人民币元|单位元|人民币|元)", "", plain)


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the meanings in a row."""

    places: Mapping[str, int]
    memo: tuple[int, ...]

    def has(self, *meanings: str) -> bool:
        """Whether all these meanings have a column."""
        return all(meaning in self.places for meaning in meanings)

    @property
    def is_statement(self) -> bool:
        """Whether there is enough to read movements: a day and an amount."""
        return self.has("booking_date") and (
            self.has("amount") or self.has("income") or self.has("expense")
        )

    def cell(self, cells: Sequence[str | None], meaning: str) -> str | None:
        """The cell of this meaning, None when the column or the cell is missing."""
        place = self.places.get(meaning)
        return cells[place] if place is not None and place < len(cells) else None


def map_columns(
    header: Sequence[str | None], extra: Mapping[str, tuple[str, ...]] | None = None
) -> Columns:
    """Give each meaning the best column the header offers; `extra` names come before the common."""
    positions: dict[str, int] = {}
    for index, name in enumerate(header):
        if name:
            for variant in _variants(name):
                positions.setdefault(variant, index)
    places: dict[str, int] = {}
    taken: set[int] = set()
    for meaning, common in SYNONYMS.items():
        for name in (*(extra or {}).get(meaning, ()), *common):
            place = positions.get(name)
            if place is not None and place not in taken:
                places[meaning] = place
                if meaning != "maybe_direction":
                    taken.add(place)
                break
    memo = dict.fromkeys(positions[name] for name in MEMO_COLUMNS if name in positions)
    return Columns(places, tuple(place for place in memo if place not in taken))


def _variants(name: str) -> tuple[str, ...]:
    """The whole name, and what stands before a bracket: 交易日期[Transaction Date]."""
    outer = re.split(r"[\[【]", unicodedata.normalize("NFKC", name), maxsplit=1)[0]
    return tuple(dict.fromkeys((label(name), label(outer))))
