"""What people decided about records that look alike; the engine does not ask about those again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leads.enums import IdentityVerdict
from leads.identity import Key, name_keys, parse_company_name
from leads.models import IdentityJudgement
from leads.selectors.prepared import fetch_prepared

# By two names, by the one record, by the other; oldest first, so that the latest word counts.
COLUMNS = "left_kind, left_id, right_kind, right_id, names_key, verdict, at, judged.id"
ON = f"""
    WITH asked AS (SELECT %s::bigint[] AS names, %s::text[] AS kinds, %s::bigint[] AS ids),
    own AS (SELECT one.kind, one.id FROM asked, unnest(kinds, ids) AS one(kind, id))
    SELECT left_kind, left_id, right_kind, right_id, names_key, verdict FROM (
        SELECT {COLUMNS} FROM leads_identityjudgement AS judged
        WHERE names_key = ANY((SELECT names FROM asked)::bigint[])
        UNION
        SELECT {COLUMNS}
        FROM own JOIN leads_identityjudgement AS judged
          ON left_kind = own.kind AND left_id = own.id
        UNION
        SELECT {COLUMNS}
        FROM own JOIN leads_identityjudgement AS judged
          ON right_kind = own.kind AND right_id = own.id
    ) AS found ORDER BY at, id
"""  # noqa: S608  columns of our own

# The same for a client that has no record yet, as whoever types one.
ON_NAMES = """
    SELECT left_kind, left_id, right_kind, right_id, names_key, verdict
    FROM leads_identityjudgement WHERE names_key = ANY(%s::bigint[]) ORDER BY at, id
"""

Pair = tuple[str, int]
Both = tuple[Pair, Pair]


def in_order(left: Pair, right: Pair) -> Both:
    """Two records in the order in which a judgement names them."""
    left, right = (str(left[0]), left[1]), (str(right[0]), right[1])
    return (left, right) if left < right else (right, left)


def names_key(left: str, right: str) -> int | None:
    """A number for two company names in any order and spelling; None when they are one name."""
    return canonical_names_key(
        parse_company_name(left).canonical, parse_company_name(right).canonical
    )


def canonical_names_key(left: str, right: str) -> int | None:
    """The same for names that are parsed already."""
    one, other = sorted((left, right))
    return None if one == other else Key("name", f"{one}\n{other}").hash64


def alias_key(text: str) -> int | None:
    """The number of a name by which aliases are told apart; None when it names nobody."""
    return next((key.hash64 for key in name_keys(text)), None)


@dataclass(frozen=True)
class Judgements:
    """What was decided that bears on one client: by record, and by two names."""

    records: Mapping[Pair, IdentityVerdict] = field(default_factory=dict)
    names: Mapping[int, IdentityVerdict] = field(default_factory=dict)

    def of(self, pair: Pair, names: Iterable[int]) -> IdentityVerdict | None:
        """The verdict on this record; names decide only when nobody has judged the record."""
        if pair in self.records:
            return self.records[pair]
        found = [self.names[key] for key in names if key in self.names]
        return found[0] if found else None


def judgements_on(own: Collection[Pair], names: Collection[int]) -> Judgements:
    """All judgements on these records (one client's) and on these pairs of names, in one query."""
    mine = {(str(kind), pk) for kind, pk in own}
    if not mine and not names:
        return Judgements()
    by_record: dict[Pair, IdentityVerdict] = {}
    by_name: dict[int, IdentityVerdict] = {}
    for left_kind, left_id, right_kind, right_id, key, word in _judged(mine, names):
        verdict = IdentityVerdict(word)
        left, right = (left_kind, left_id), (right_kind, right_id)
        if left in mine:
            by_record[right] = verdict
        if right in mine:
            by_record[left] = verdict
        if key is not None and verdict != IdentityVerdict.SEPARATE:
            by_name[key] = verdict
    return Judgements(by_record, by_name)


def _judged(mine: Collection[Pair], names: Collection[int]) -> list[tuple[Any, ...]]:
    if not mine:
        return fetch_prepared(ON_NAMES, [list(names)])
    kinds, ids = [kind for kind, _pk in mine], [pk for _kind, pk in mine]
    return fetch_prepared(ON, [list(names), kinds, ids])


def judgements_between(pairs: Iterable[Both]) -> dict[Both, IdentityVerdict]:
    """What was decided about each of these pairs of records, as far as anything was."""
    wanted = {in_order(*pair) for pair in pairs}
    if not wanted:
        return {}
    lefts = {left[1] for left, _right in wanted}
    rows = IdentityJudgement.objects.filter(left_id__in=lefts).values_list(
        "left_kind", "left_id", "right_kind", "right_id", "verdict"
    )
    found = {
        ((left_kind, left_id), (right_kind, right_id)): IdentityVerdict(verdict)
        for left_kind, left_id, right_kind, right_id, verdict in rows
    }
    return {pair: verdict for pair, verdict in found.items() if pair in wanted}
