"""Similar clients as cards: one's own in full, others' redacted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Max

from crm.access import policy
from crm.encryption.cipher import Undecipherable, seal, unseal
from crm.people.models import Member
from crm.web.asked import record_id
from leads.enums import CardFact, NameOnCard, RecordKind, StageKind
from leads.identity import ReasonCode
from leads.models import CollisionSettings, Customer, Lead, Opportunity
from leads.redaction import masked_name
from leads.selectors.addresses import page_of
from leads.selectors.entering import collision_settings, mark_of
from leads.selectors.identity import Match, Pair
from leads.words import CUSTOMER_COLOURS, LEAD_COLOURS, deal_band, reason_words

ASK_SALT = "leads.ask-to-share"
ASK_SECONDS = 3600
# asked for where there is no record of a kind, so that each answer takes the same questions
NOBODY = [0]
# what a comparison says only of the record one may not see
TELLS_OF_THE_HIDDEN = frozenset({ReasonCode.CREDIT_CODE_DIFFERENT, ReasonCode.PERSON_DIFFERENT})
VIEW = {RecordKind.LEAD: "leads.view_lead", RecordKind.CUSTOMER: "leads.view_customer"}


@dataclass(frozen=True)
class SimilarCard:
    """What may be said about a similar client to this reader.

    A redacted card has what the reader typed of the name, and of owner, state, rough stage and
    last contact what the organisation lets it show: nothing else. `ask` is a token that asks the
    owner to share, `url` and `record_id` are only for readers of the record, `mark` stands for
    the card when it is confirmed and tells nothing.
    """

    kind: str
    kind_label: str
    title: str
    owner: str
    status: str
    colour: str
    band: str
    last_contact: datetime | None
    verdict: str
    reasons: list[tuple[str, str]]
    is_visible: bool
    url: str = ""
    record_id: int | None = None
    detail: str = ""
    ask: str = ""
    mark: str = ""
    has_owner: bool = True
    shows_contact: bool = True


def cards_for(member: Member, matches: list[Match], *, typed: str = "") -> list[SimilarCard]:
    """The matches as this member may see them, in their order; `typed` is the name they wrote.

    As many questions to the database for one match as for five, of whatever kind.
    """
    if not matches:
        return []
    leads = _records(Lead, RecordKind.LEAD, matches)
    customers = _records(Customer, RecordKind.CUSTOMER, matches)
    seen = _visible(member, RecordKind.LEAD, leads) | _visible(
        member, RecordKind.CUSTOMER, customers
    )
    reader = Reader(member, typed, collision_settings())
    bands = _bands(customers)
    found: list[SimilarCard] = []
    for match in matches:
        record: Any = (leads if match.kind == RecordKind.LEAD else customers).get(match.record_id)
        if record is not None:
            band = bands.get(match.record_id, "") if match.kind == RecordKind.CUSTOMER else ""
            card = _whole_card if match.pair in seen else _redacted_card
            found.append(card(match, record, band, reader))
    return found


@dataclass(frozen=True)
class Reader:
    """Who reads the cards, what name they typed, and what the organisation lets them be shown."""

    member: Member
    typed: str
    settings: CollisionSettings

    def sees(self, fact: CardFact) -> bool:
        """Whether a redacted card shows this fact."""
        return fact in self.settings.card_shows

    def name_of(self, record: Any) -> str:
        """The record's name, as far as this reader may learn it."""
        if self.settings.name_on_card == NameOnCard.WHOLE:
            return str(record)
        return masked_name(str(record), self.typed)


def own_pair(member: Member, record: str) -> tuple[Pair, ...]:
    """The record being edited ("lead:12"), which is no duplicate of itself.

    Only one the member may see: leaving out a hidden one would tell which number it has.
    """
    kind, _sep, number = record.partition(":")
    pk = record_id(number)
    if pk is None or kind not in VIEW:
        return ()
    return ((kind, pk),) if _visible(member, RecordKind(kind), {pk: None}) else ()


def may_ask(member: Member, kind: RecordKind) -> bool:
    """Whether sharing such a record with the member could open it to them at all."""
    return policy.allowed(member, VIEW[kind])


def asked_record(token: str, *, by: Member) -> tuple[RecordKind, int, str]:
    """What a card shown to this member points at, and the name they had typed.

    BadSignature when it is not theirs, or an hour old.
    """
    sealed = signing.loads(token, salt=_salt(by), max_age=ASK_SECONDS)
    try:
        kind, record_id, typed = unseal(str(sealed), place=ASK_SALT).split(":", 2)
    except Undecipherable as error:
        raise signing.BadSignature from error
    return RecordKind(kind), int(record_id), typed


def _ticket(match: Match, reader: Reader) -> str:
    """What the card's button sends back: only the server can read which record it means."""
    sealed = seal(f"{match.kind.value}:{match.record_id}:{reader.typed}", place=ASK_SALT)
    return signing.dumps(sealed, salt=_salt(reader.member))


def _salt(reader: Member) -> str:
    return f"{ASK_SALT}.{reader.pk}"


def _whole_card(match: Match, record: Any, band: str, reader: Reader) -> SimilarCard:
    """The card of a record that its reader may open."""
    return SimilarCard(
        kind=match.kind.value,
        kind_label=str(match.kind.label),
        title=str(record),
        owner=record.owner.name if record.owner else "",
        status=str(record.get_status_display()),
        colour=_colour_of(match, record),
        band=band,
        last_contact=record.last_follow_up_at,
        verdict=match.verdict,
        reasons=reason_words(match.reasons),
        is_visible=True,
        url=page_of(match.kind, record.pk),
        record_id=record.pk,
        detail=record.number,
        mark=mark_of(match, reader.member),
        has_owner=record.owner is not None,
    )


def _redacted_card(match: Match, record: Any, band: str, reader: Reader) -> SimilarCard:
    """The card of a record that its reader may not see."""
    has_status, has_owner = reader.sees(CardFact.STATUS), reader.sees(CardFact.OWNER)
    return SimilarCard(
        kind=match.kind.value,
        kind_label=str(match.kind.label),
        title=reader.name_of(record),
        owner=record.owner.name if record.owner and has_owner else "",
        status=str(record.get_status_display()) if has_status else "",
        colour=_colour_of(match, record) if has_status else "grey",
        band=band if reader.sees(CardFact.BAND) else "",
        last_contact=record.last_follow_up_at if reader.sees(CardFact.CONTACT) else None,
        verdict=match.verdict,
        reasons=reason_words(one for one in match.reasons if one.code not in TELLS_OF_THE_HIDDEN),
        is_visible=False,
        ask=_ticket(match, reader) if may_ask(reader.member, match.kind) else "",
        mark=mark_of(match, reader.member),
        has_owner=record.owner is not None or not has_owner,
        shows_contact=reader.sees(CardFact.CONTACT),
    )


def _colour_of(match: Match, record: Any) -> str:
    colours = LEAD_COLOURS if match.kind == RecordKind.LEAD else CUSTOMER_COLOURS
    return colours[str(record.status)]


def _records(model: Any, kind: RecordKind, matches: list[Match]) -> Mapping[int, Any]:
    ids = [match.record_id for match in matches if match.kind == kind]
    found: Mapping[int, Any] = model.objects.select_related("owner").in_bulk(ids or NOBODY)
    return found


def _visible(member: Member, kind: RecordKind, records: Mapping[int, Any]) -> set[tuple[str, int]]:
    model: Any = Lead if kind == RecordKind.LEAD else Customer
    rows = policy.visible(member, model.objects.filter(pk__in=list(records) or NOBODY), VIEW[kind])
    return {(kind.value, pk) for pk in rows.values_list("pk", flat=True)}


def _bands(customer_ids: Iterable[int]) -> dict[int, str]:
    """How far each customer's furthest open deal is, roughly."""
    wanted = list(customer_ids) or NOBODY
    deals = Opportunity.objects.filter(customer__in=wanted, stage__kind=StageKind.OPEN)
    furthest = deals.values("customer").annotate(most=Max("stage__probability"))
    return {row["customer"]: deal_band(row["most"]) for row in furthest.order_by("customer")}
