"""Duplicates within one file, before anything is imported: nothing here asks the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crm.tabular import Row, Table
from leads.identity import Identity, IdentityMatch, find_duplicates
from leads.numbers import split_numbers
from leads.services import cleaning_people
from leads.services.cleaning_people import people_columns, whole_address, whole_name
from leads.services.imports_columns import FIELDS as IMPORTED
from leads.services.imports_columns import guess_mapping

SAMPLED = 200
FIELDS = (*IMPORTED, *cleaning_people.FIELDS)
Progress = Callable[[str, int], None]


class UnknownColumn(Exception):
    """A column was asked for that the file does not have, or for a field there is not."""

    def __init__(self, wanted: str, known: Sequence[str]) -> None:
        self.wanted, self.known = wanted, known
        super().__init__(wanted)


@dataclass(frozen=True)
class Link:
    """The earlier row that a row is most like."""

    row: int
    match: IdentityMatch


@dataclass
class Cleaned:
    """A file with what was found in it: each row's link to an earlier one, and its cluster."""

    table: Table
    mapping: Mapping[str, str]
    rows: list[Row] = field(default_factory=list)
    links: dict[int, Link] = field(default_factory=dict)
    clusters: dict[int, int] = field(default_factory=dict)

    def count(self, verdict: str) -> int:
        """How many rows are linked with this verdict."""
        return sum(link.match.verdict == verdict for link in self.links.values())


def clean(
    table: Table,
    *,
    columns: Mapping[str, str],
    progress: Progress,
    processes: int | None = None,
) -> Cleaned:
    """Compare every row with all others. `columns`: field → name of its column, over the guess."""
    rows = []
    for row in table.iter_rows():
        rows.append(row)
        progress("read", len(rows))
    mapping = _mapping(table, rows[:SAMPLED], columns)
    found = Cleaned(table, mapping, rows)
    chosen = sorted((int(index), name) for index, name in mapping.items())
    if not mapping:
        return found
    for pair in find_duplicates(_identities(found, chosen, progress), processes=processes):
        earlier, later = sorted((int(str(pair.left.id)), int(str(pair.right.id))))
        known = found.links.get(later)
        if known is None or pair.match.score > known.match.score:
            found.links[later] = Link(earlier, pair.match)
    _number_clusters(found)
    return found


def _identities(
    found: Cleaned, chosen: Sequence[tuple[int, str]], progress: Progress
) -> Iterator[Identity]:
    for number, row in enumerate(found.rows, start=1):
        progress("compare", number)
        yield identity_of(row, chosen)


def _mapping(table: Table, sample: Iterable[Row], columns: Mapping[str, str]) -> dict[str, str]:
    mapping = people_columns(table.header)
    header = ["" if str(index) in mapping else name for index, name in enumerate(table.header)]
    samples = [
        ["" if str(index) in mapping else cell or "" for index, cell in enumerate(row.cells)]
        for row in sample
    ]
    mapping |= guess_mapping(header, samples)
    for name, column in columns.items():
        if name not in FIELDS:
            raise UnknownColumn(name, FIELDS)
        if column not in table.header:
            raise UnknownColumn(column, table.header)
        mapping = {index: known for index, known in mapping.items() if known != name}
        mapping[str(table.header.index(column))] = name
    return mapping


def identity_of(row: Row, columns: Sequence[tuple[int, str]]) -> Identity:
    """Who a row speaks of, its number as id; what cannot be valid the engine leaves out."""
    said: dict[str, str] = {}
    phones: list[str] = []
    for column, name in columns:
        text = (row.cells[column] if column < len(row.cells) else None) or ""
        if name in ("phone", "other_phone"):
            phones += split_numbers(text)
        elif text:
            said[name] = text
    is_divided = "suburb" in said or "postcode" in said  # then its state is no town
    province = "" if is_divided else said.get("province", "")
    return Identity(
        id=row.number,
        company=said.get("company_name", ""),
        person=whole_name(said),
        phones=tuple(phones),
        emails=tuple(said.get("email", "").replace(";", " ").replace(",", " ").split()),
        credit_code=said.get("credit_code", ""),
        wechat=said.get("wechat", ""),
        address=whole_address(said),
        region=province or said.get("city", ""),
        birth_date=said.get("birth_date", ""),
        citizen_number=said.get("citizen_number", ""),
    )


def _number_clusters(found: Cleaned) -> None:
    """Rows linked to one another share a number, in the order of their first rows."""
    first: dict[int, int] = {}
    for row in _in_order(found):
        link = found.links.get(row)
        first[row] = first[link.row] if link else row
    heads = sorted({first[row] for row in found.links})
    numbers = {head: number for number, head in enumerate(heads, start=1)}
    found.clusters = {row: numbers[head] for row, head in first.items() if head in numbers}


def _in_order(found: Cleaned) -> Iterator[int]:
    return (row.number for row in found.rows)
