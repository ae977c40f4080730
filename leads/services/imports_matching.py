"""Whom do rows meet? Many at once: one look into the identity index, comparisons by the engine.

The search looks past the importer's data scope on purpose: a file must not make a second lead of
somebody else's client. What the importer may not see is redacted where it is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from leads.entering import EntryRule, evidence_of, first_that_fits
from leads.enums import Bucket, RecordKind, RuleEffect
from leads.identity import Verdict
from leads.identity.profiles import Profile, profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import STRONG_KINDS, IdentityMatch
from leads.models import Customer
from leads.selectors.candidates import CANDIDATES, HOT, Candidate, load_candidates
from leads.selectors.entering import entry_rules
from leads.selectors.identity import Pair

VERDICTS: Mapping[RuleEffect, Verdict] = {
    RuleEffect.REFUSE: "same",
    RuleEffect.BLOCK: "same",
    RuleEffect.WARN: "probable",
    RuleEffect.IGNORE: "different",
}
TELLING_KINDS = STRONG_KINDS | {"sound_region"}


def strong_keys(keys: Sequence[int], kinds: Sequence[str]) -> list[int]:
    """The keys that alone are reason enough to look."""
    return [key for key, kind in zip(keys, kinds, strict=True) if kind in STRONG_KINDS]


def telling_keys(keys: Iterable[int], kinds: Iterable[str]) -> tuple[int, ...]:
    """The keys by which rows of one file are compared: strong ones, and the brand as it sounds."""
    pairs = zip(keys, kinds, strict=True)
    return tuple([key for key, kind in pairs if kind in TELLING_KINDS])


@dataclass(frozen=True, slots=True)
class Asked:
    """A row as the search sees it: its number, who it is, its hashed keys with their kinds.

    `telling` are the keys by which rows of one file are compared.
    """

    number: int
    profile: Profile
    keys: Mapping[int, str]
    telling: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a row belongs, and the record or the earlier row it meets."""

    bucket: Bucket
    match: IdentityMatch | None = None
    candidate: Candidate | None = None
    row: int | None = None

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why, as it is stored."""
        return [reason.as_dict() for reason in self.match.reasons] if self.match else []


NEW = Meeting(Bucket.NEW)


class Seen:
    """Who came earlier in the same file: telling key → number of the first row that has it."""

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self.profiles: dict[int, Profile] = {}

    def add(self, asked: Asked) -> None:
        """A row that may become a lead; its profile is kept until `forget_profiles`."""
        self.remember(asked.number, asked.telling)
        self.profiles[asked.number] = asked.profile

    def remember(self, number: int, keys: Iterable[int]) -> None:
        """The telling keys of a row; the first row that has a key stays its row."""
        for key in keys:
            self.rows.setdefault(key, number)

    def before(self, asked: Asked) -> set[int]:
        """The earlier rows that share a telling key."""
        return {self.rows[key] for key in asked.telling if key in self.rows}

    def forget_profiles(self) -> None:
        """Keep the keys only: a file has many rows."""
        self.profiles.clear()


def records_with(keys: Mapping[int, str]) -> dict[int, set[Pair]]:
    """Hashed key → the records that have it; weak keys that many share are dropped."""
    found: dict[int, set[Pair]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [list(keys)])
        for key, kind, record_id in cursor.fetchall():
            found.setdefault(key, set()).add((kind, record_id))
    return {
        key: pairs for key, pairs in found.items() if len(pairs) <= HOT or keys[key] in STRONG_KINDS
    }


@dataclass(frozen=True)
class EntryPolicy:
    """The collision rules as an import asks them: for one source, levels read once per chunk."""

    rules: Sequence[EntryRule]
    channel: str

    @classmethod
    def of(cls, channel: str) -> "EntryPolicy":
        """The organisation's rules for entries from this source."""
        return cls(entry_rules(), channel)

    def judged(self, match: IdentityMatch, level: str) -> IdentityMatch:
        """The comparison with the verdict that the rules make of it."""
        evidence = evidence_of(match.verdict, match.reasons)
        rule = first_that_fits(self.rules, evidence, channel=self.channel, level=level)
        verdict: Verdict = "different" if rule is None else VERDICTS[rule.effect]
        return match if verdict == match.verdict else replace(match, verdict=verdict)

    def levels_of(self, candidates: Iterable[Candidate]) -> dict[int, str]:
        """The level of each customer among them, if a rule asks for it."""
        if not any(rule.levels for rule in self.rules):
            return {}
        ids = {one.record_id for one in candidates if one.kind == RecordKind.CUSTOMER}
        return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "level"))


class Register:
    """What the organisation already knows about the rows of one chunk."""

    def __init__(self, hits: Mapping[int, set[Pair]], policy: EntryPolicy) -> None:
        self.hits = hits
        self.policy = policy
        self.known: dict[Pair, tuple[Candidate, Profile]] = {}
        pairs = set().union(*hits.values()) if hits else set()
        for kind in RecordKind:
            for candidate in load_candidates({pair for pair in pairs if pair[0] == kind}):
                pair = (kind.value, int(str(candidate.identity.id)))
                self.known[pair] = (candidate, profile_of(candidate.identity))
        self.levels = policy.levels_of(one for one, _profile in self.known.values())

    def likeliest(self, asked: Asked) -> tuple[Candidate | None, IdentityMatch | None]:
        """The record that stops the row, else the one most like it; None when none matters."""
        pairs: set[Pair] = set().union(*(self.hits.get(key, ()) for key in asked.keys))
        best: tuple[Candidate | None, IdentityMatch | None] = (None, None)
        for pair in sorted(pairs):
            if pair not in self.known:
                continue
            candidate, profile = self.known[pair]
            match = compare_profiles(asked.profile, profile)
            if match.verdict == "different":
                continue
            match = self.policy.judged(match, self.levels.get(candidate.record_id, ""))
            if match.verdict != "different" and (best[1] is None or _outdoes(match, best[1])):
                best = (candidate, match)
        return best


def _outdoes(one: IdentityMatch, other: IdentityMatch) -> bool:
    return (one.verdict == "same", one.score) > (other.verdict == "same", other.score)


def judge(
    rows: Sequence[Asked], *, seen: Seen, importer_id: int | None, channel: str = ""
) -> list[Meeting]:
    """The bucket of each row, in file order; rows that may become leads are added to `seen`.

    The organisation's collision rules say whether a record that is met stops the row, puts it
    among the probable ones, or does not matter.
    """
    wanted = {key: kind for row in rows for key, kind in row.keys.items()}
    register = Register(records_with(wanted), EntryPolicy.of(channel))
    meetings = []
    for row in rows:
        meeting = _judge_one(row, register, seen, importer_id)
        if meeting.bucket in (Bucket.NEW, Bucket.PROBABLE):
            seen.add(row)
        meetings.append(meeting)
    return meetings


def _judge_one(row: Asked, register: Register, seen: Seen, importer_id: int | None) -> Meeting:
    candidate, match = register.likeliest(row)
    if candidate and match and match.verdict == "same":
        return Meeting(_bucket_of(candidate, importer_id), match, candidate)
    earlier, alike = _earlier(row, seen)
    if alike and alike.verdict == "same":
        return Meeting(Bucket.DUPLICATE, alike, row=earlier)
    if candidate and match:
        return Meeting(Bucket.PROBABLE, match, candidate)
    return Meeting(Bucket.PROBABLE, alike, row=earlier) if alike else NEW


def _bucket_of(candidate: Candidate, importer_id: int | None) -> Bucket:
    is_taken = candidate.owner_id is not None and candidate.owner_id != importer_id
    return Bucket.OWNED if is_taken and candidate.is_open else Bucket.DUPLICATE


def _earlier(row: Asked, seen: Seen) -> tuple[int | None, IdentityMatch | None]:
    best: tuple[int | None, IdentityMatch | None] = (None, None)
    for number in sorted(seen.before(row)):
        match = compare_profiles(row.profile, seen.profiles[number])
        if match.verdict != "different" and (best[1] is None or match.score > best[1].score):
            best = (number, match)
    return best


def numbers_before(rows: Iterable[Asked], seen: Seen) -> set[int]:
    """The earlier rows whose profiles `judge` will ask for and that are not at hand."""
    wanted = set().union(*(seen.before(row) for row in rows)) if seen.rows else set()
    return wanted - set(seen.profiles)
