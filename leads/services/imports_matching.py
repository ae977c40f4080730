"""Whom do rows meet? Many at once: one look into the identity index, comparisons by the engine.

The search looks past the importer's data scope on purpose: a file must not make a second lead of
somebody else's client. What the importer may not see is redacted where it is shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from crm import arrays
from leads.entering import EntryRule, evidence_of, first_that_fits
from leads.enums import Bucket, IdentityVerdict, RecordKind, RuleEffect
from leads.identity import Verdict
from leads.identity.profiles import profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import IdentityMatch
from leads.models import Customer
from leads.selectors.candidates import (
    Candidate,
    likeliest_of_many,
    load_candidates,
    says_something,
)
from leads.selectors.entering import entry_rules
from leads.selectors.identity import heed, names_keys
from leads.selectors.judgements import Pair, judgements_on
from leads.services.imports_asked import Asked

VERDICTS: Mapping[RuleEffect, Verdict] = {
    RuleEffect.REFUSE: "same",
    RuleEffect.BLOCK: "same",
    RuleEffect.WARN: "probable",
    RuleEffect.IGNORE: "different",
}
# One step down the index for each, whatever the planner thinks of a table without statistics.
IN_USE = """
    SELECT wanted.key FROM unnest(%s::bigint[]) AS wanted(key)
    CROSS JOIN LATERAL (
        SELECT FROM leads_identitykey WHERE leads_identitykey.key = wanted.key LIMIT 1
    ) AS held
"""


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
        self.at_hand: dict[int, Asked] = {}

    def add(self, asked: Asked) -> None:
        """A row that may become a lead; who it is is kept until `forget_profiles`."""
        self.remember(asked.number, asked.telling)
        self.at_hand[asked.number] = asked

    def remember(self, number: int, keys: Iterable[int]) -> None:
        """The telling keys of a row; the first row that has a key stays its row."""
        for key in keys:
            self.rows.setdefault(key, number)

    def before(self, asked: Asked) -> set[int]:
        """The earlier rows that share a telling key."""
        return {self.rows[key] for key in asked.telling if key in self.rows}

    def forget_profiles(self) -> None:
        """Keep the keys only: a file has many rows."""
        self.at_hand.clear()


def keys_in_use(keys: Collection[int]) -> set[int]:
    """Those of these hashed keys that a record is filed under."""
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, [arrays.of_numbers(keys)])
        return {key for (key,) in cursor.fetchall()}


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


@dataclass(frozen=True, slots=True)
class Found:
    """A record a row may be, how like it is, and what two names of theirs are judged by."""

    candidate: Candidate
    match: IdentityMatch
    names: frozenset[int]


class Register:
    """What the organisation already knows about the rows of one chunk."""

    def __init__(self, rows: Sequence[Asked], policy: EntryPolicy) -> None:
        self.policy = policy
        hits = likeliest_of_many([row.sought for row in rows])
        candidates = load_candidates({pair for one in hits for pair, _worth in one})
        self.known = {one.found_as: (one, profile_of(one.identity)) for one in candidates}
        self.levels = policy.levels_of(candidates)
        self.found = {row.number: self._like(row, one) for row, one in zip(rows, hits, strict=True)}
        self.judged = judgements_on(
            (), {key for found in self.found.values() for one in found for key in one.names}
        )

    def _like(self, asked: Asked, hits: Iterable[tuple[Pair, int]]) -> list[Found]:
        found = []
        for pair, worth in hits:
            candidate, profile = self.known.get(pair, (None, None))
            if candidate is None or profile is None:
                continue
            if not says_something(asked.profile, candidate, worth):
                continue
            match = compare_profiles(asked.profile, profile)
            if match.verdict != "different":
                found.append(Found(candidate, match, names_keys(asked.profile, profile)))
        return found

    def likeliest(self, asked: Asked) -> tuple[Candidate | None, IdentityMatch | None]:
        """The record that stops the row, else the one most like it; None when none matters.

        What people judged about the two names counts more than the engine.
        """
        best: tuple[Candidate | None, IdentityMatch | None] = (None, None)
        for one in self.found[asked.number]:
            heeded = heed(one.match, self.judged.of(one.candidate.pair, one.names))
            if heeded is None:
                continue
            match = self.policy.judged(heeded, self.levels.get(one.candidate.record_id, ""))
            if match.verdict != "different" and (best[1] is None or _outdoes(match, best[1])):
                best = (one.candidate, match)
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
    register = Register(rows, EntryPolicy.of(channel))
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
        known = seen.at_hand[number].profile
        match = compare_profiles(row.profile, known)
        if match.verdict == "different" or (best[1] is not None and match.score <= best[1].score):
            continue
        heeded = heed(match, _judged(names_keys(row.profile, known)))
        if heeded is not None:
            best = (number, heeded)
    return best


def _judged(names: frozenset[int]) -> IdentityVerdict | None:
    """What people said about two rows of one file, by their names; most have the same name."""
    return judgements_on((), names).of(("", 0), names) if names else None


def numbers_before(rows: Iterable[Asked], seen: Seen) -> set[int]:
    """The earlier rows whose profiles `judge` will ask for and that are not at hand."""
    wanted = set().union(*(seen.before(row) for row in rows)) if seen.rows else set()
    return wanted - set(seen.at_hand)
