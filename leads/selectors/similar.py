"""Similar clients as cards: one's own in full, others' redacted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Max

from crm.access import policy
from crm.people.models import Member
from leads.enums import RecordKind, StageKind
from leads.models import Customer, Lead, Opportunity
from leads.selectors.addresses import page_of
from leads.selectors.identity import Match
from leads.words import CUSTOMER_COLOURS, LEAD_COLOURS, deal_band, reason_words

ASK_SALT = "leads.ask-to-share"
ASK_SECONDS = 3600
VIEW = {RecordKind.LEAD: "leads.view_lead", RecordKind.CUSTOMER: "leads.view_customer"}


@dataclass(frozen=True)
class SimilarCard:
    """What may be said about a similar client to this reader.

    A redacted card has a name, owner, state, rough stage, last contact and reasons: nothing else.
    `ask` is a token that asks the owner to share, `url` and `record_id` are only for readers of
    the record.
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


def cards_for(member: Member, matches: list[Match]) -> list[SimilarCard]:
    """The matches as this member may see them, in their order."""
    leads = _records(Lead, RecordKind.LEAD, matches)
    customers = _records(Customer, RecordKind.CUSTOMER, matches)
    seen = _visible(member, RecordKind.LEAD, leads) | _visible(
        member, RecordKind.CUSTOMER, customers
    )
    bands = _bands(customers)
    found: list[SimilarCard] = []
    for match in matches:
        record: Any = (leads if match.kind == RecordKind.LEAD else customers).get(match.record_id)
        if record is not None:
            band = bands.get(match.record_id, "") if match.kind == RecordKind.CUSTOMER else ""
            is_visible = match.pair in seen
            found.append(_card(match, record, band=band, is_visible=is_visible, reader=member))
    return found


def asked_record(token: str, *, by: Member) -> tuple[RecordKind, int]:
    """What a card shown to this member points at; BadSignature when it is not, or an hour old."""
    kind, record_id = signing.loads(token, salt=_salt(by), max_age=ASK_SECONDS)
    return RecordKind(kind), int(record_id)


def _salt(reader: Member) -> str:
    return f"{ASK_SALT}.{reader.pk}"


def _card(match: Match, record: Any, *, band: str, is_visible: bool, reader: Member) -> SimilarCard:
    colours = LEAD_COLOURS if match.kind == RecordKind.LEAD else CUSTOMER_COLOURS
    more: dict[str, Any] = {}
    if is_visible:
        more = {
            "url": page_of(match.kind, record.pk),
            "record_id": record.pk,
            "detail": record.number,
        }
    else:
        more = {"ask": signing.dumps([match.kind.value, record.pk], salt=_salt(reader))}
    return SimilarCard(
        kind=match.kind.value,
        kind_label=str(match.kind.label),
        title=str(record),
        owner=record.owner.name if record.owner else "",
        status=str(record.get_status_display()),
        colour=colours[str(record.status)],
        band=band,
        last_contact=record.last_follow_up_at,
        verdict=match.verdict,
        reasons=reason_words(match.reasons),
        is_visible=is_visible,
        **more,
    )


def _records(model: Any, kind: RecordKind, matches: list[Match]) -> Mapping[int, Any]:
    ids = [match.record_id for match in matches if match.kind == kind]
    return model.objects.select_related("owner").in_bulk(ids) if ids else {}


def _visible(member: Member, kind: RecordKind, records: Mapping[int, Any]) -> set[tuple[str, int]]:
    if not records:
        return set()
    model: Any = Lead if kind == RecordKind.LEAD else Customer
    rows = policy.visible(member, model.objects.filter(pk__in=list(records)), VIEW[kind])
    return {(kind.value, pk) for pk in rows.values_list("pk", flat=True)}


def _bands(customer_ids: Iterable[int]) -> dict[int, str]:
    """How far each customer's furthest open deal is, roughly."""
    wanted = list(customer_ids)
    if not wanted:
        return {}
    deals = Opportunity.objects.filter(customer__in=wanted, stage__kind=StageKind.OPEN)
    furthest = deals.values("customer").annotate(most=Max("stage__probability"))
    return {row["customer"]: deal_band(row["most"]) for row in furthest.order_by("customer")}
