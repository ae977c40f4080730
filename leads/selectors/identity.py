"""Who else is this? The likeliest records, compared by the engine; people's word counts more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from leads.enums import IdentityVerdict, RecordKind
from leads.identity import Identity, IdentityMatch, Reason, ReasonCode, Verdict, is_mobile
from leads.identity.names import PROBABLE
from leads.identity.other_trades import are_of_other_trades
from leads.identity.profiles import Profile, names_of, profile_of, tells_names_only
from leads.identity.records import compare_profiles
from leads.identity.short_forms import is_loose
from leads.selectors.candidates import likeliest
from leads.selectors.judgements import Pair as Pair
from leads.selectors.judgements import canonical_names_key, judgements_on

SHORTEST_BEGUN = 2
PERSONAL = {
    ReasonCode.CREDIT_CODE_EQUAL,
    ReasonCode.ORGANISATION_CODE_EQUAL,
    ReasonCode.EMAIL_EQUAL,
    ReasonCode.WECHAT_EQUAL,
}


M = TypeVar("M", "Match", IdentityMatch)


@dataclass(frozen=True)
class Match:
    """An existing lead or customer that is, or may be, the same client, and why.

    A contact counts as its customer, a converted lead as the customer it became. `judged` says
    what people decided about the two: the same, or the same and kept apart.
    """

    kind: RecordKind
    record_id: int
    owner_id: int | None
    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_open: bool = True
    judged: IdentityVerdict | None = None

    @property
    def pair(self) -> Pair:
        return self.kind.value, self.record_id


def find_similar(
    identity: Identity,
    *,
    excluding: Iterable[Pair] = (),
    limit: int = 10,
    is_typing: bool = False,
) -> list[Match]:
    """Everything in the organisation that may be the same client, likeliest first.

    `excluding` are the client's own records. What people judged about them, or about the names,
    counts more than the engine. `is_typing`: as long as the name lacks its legal form, it may not
    be finished, so a brand that begins with what is typed counts; a finished one is answered as
    when it is saved. It looks past data scopes on purpose: whoever shows the result redacts it
    (`cards_for`).
    """
    own = {(str(kind), pk) for kind, pk in excluding}
    asked = profile_of(identity)
    is_name = tells_names_only(asked)
    best: dict[Pair, Match] = {}
    names: dict[Pair, set[str]] = defaultdict(set)
    for candidate in likeliest(asked, own=len(own)):
        if (candidate.kind.value, candidate.record_id) in own:
            continue
        known_as = candidate.identity
        profile = Profile(names=names_of(known_as)) if is_name else profile_of(known_as)
        if is_name and not is_typing and are_of_other_trades(asked, profile):
            continue
        match = compare_profiles(asked, profile)
        if match.verdict == "different" and is_typing:
            match = _as_begun(asked, profile) or match
        if match.verdict == "different":
            continue
        found = Match(
            candidate.kind,
            candidate.record_id,
            candidate.owner_id,
            match.score,
            match.verdict,
            match.reasons,
            candidate.is_open,
        )
        names[found.pair].update(name.canonical for name in profile.names)
        known = best.get(found.pair)
        if known is None or known.score < found.score:
            best[found.pair] = found
    heeded = _heed_judgements(asked, own, best, names)
    return sorted(heeded, key=lambda match: (-match.score, match.pair))[:limit]


def _as_begun(asked: Profile, known: Profile) -> IdentityMatch | None:
    """A question, if the brand of the one begins with what has been typed of the other's."""
    for typed in asked.names:
        for name in known.names:
            places = {typed.province, name.province}
            if (
                is_loose(typed)
                and len(typed.brand) >= SHORTEST_BEGUN
                and name.brand.startswith(typed.brand)
                and (len(places) == 1 or "" in places)
            ):
                params = {"left": typed.brand, "right": name.brand}
                reason = Reason(ReasonCode.BRAND_CONTAINED, params)
                return IdentityMatch(PROBABLE, "probable", (reason,))
    return None


def _heed_judgements(
    asked: Profile,
    own: set[Pair],
    best: Mapping[Pair, Match],
    names: Mapping[Pair, set[str]],
) -> Iterable[Match]:
    """The matches without those that people said are somebody else; the others as people said."""
    if not best:
        return ()
    keys = {pair: _names_keys(asked, names[pair]) for pair in best}
    judged = judgements_on(own, set().union(*keys.values()))
    if not judged.records and not judged.names:
        return best.values()
    return [
        heeded
        for pair, match in best.items()
        if (heeded := _heed(match, judged.of(pair, keys[pair]), pair in judged.records))
    ]


def _heed(match: Match, verdict: IdentityVerdict | None, is_about_record: bool) -> Match | None:
    if verdict == IdentityVerdict.SEPARATE:
        return replace(match, verdict="probable", judged=verdict)
    if verdict == IdentityVerdict.NOT_SAME and is_about_record:
        return None
    heeded = heed(match, verdict)
    return replace(heeded, judged=verdict) if heeded and heeded is not match else heeded


def heed(match: M, verdict: IdentityVerdict | None) -> M | None:
    """A comparison after what people said of the two names; None where they are two firms."""
    if verdict == IdentityVerdict.NOT_SAME:
        return match if _has_new_evidence(match.reasons) else None
    if verdict == IdentityVerdict.SAME:
        return replace(match, score=max(match.score, 0.95), verdict="same")
    return match


def names_keys(asked: Profile, known: Profile) -> frozenset[int]:
    """By which numbers people's word about any two of their names is found."""
    return _names_keys(asked, {name.canonical for name in known.names})


def _names_keys(asked: Profile, others: Iterable[str]) -> frozenset[int]:
    pairs = ((name.canonical, other) for name in asked.names for other in others)
    keys = (canonical_names_key(*pair) for pair in pairs)
    return frozenset(key for key in keys if key is not None)


def _has_new_evidence(reasons: Iterable[Reason]) -> bool:
    """Another firm was judged by its name: a code, mobile or address of its own outweighs that."""
    return any(
        reason.code in PERSONAL
        or (reason.code == ReasonCode.PHONE_EQUAL and is_mobile(reason.params["value"]))
        for reason in reasons
    )
