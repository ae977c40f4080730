"""What people decided about records that look alike; the engine does not ask about those again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from leads.enums import IdentityVerdict
from leads.identity import Key, name_keys, parse_company_name
from leads.models import IdentityJudgement

Pair = tuple[str, int]
Both = tuple[Pair, Pair]


def in_order(left: Pair, right: Pair) -> Both:
    """Two records in the order in which a judgement names them."""
    left, right = (str(left[0]), left[1]), (str(right[0]), right[1])
    return (left, right) if left < right else (right, left)


def names_key(left: str, right: str) -> int | None:
    """A number for two company names in any order and spelling; None when they are one name."""
    one, other = sorted(parse_company_name(name).canonical for name in (left, right))
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
    wanted = Q(names_key__in=names) if names else Q(pk__in=[])
    for kind, pk in own:
        wanted |= Q(left_kind=kind, left_id=pk) | Q(right_kind=kind, right_id=pk)
    rows = IdentityJudgement.objects.filter(wanted).order_by("at", "pk")
    mine = {(str(kind), pk) for kind, pk in own}
    by_record: dict[Pair, IdentityVerdict] = {}
    by_name: dict[int, IdentityVerdict] = {}
    for left_kind, left_id, right_kind, right_id, key, word in rows.values_list(
        "left_kind", "left_id", "right_kind", "right_id", "names_key", "verdict"
    ):
        verdict = IdentityVerdict(word)
        left, right = (left_kind, left_id), (right_kind, right_id)
        if left in mine:
            by_record[right] = verdict
        if right in mine:
            by_record[left] = verdict
        if key is not None and verdict != IdentityVerdict.SEPARATE:
            by_name[key] = verdict
    return Judgements(by_record, by_name)


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
