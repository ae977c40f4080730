"""The rows behind each figure of a case: deals, orders, effective follow-ups.

Whoever may read a row opens it; to everybody else in the case it is when it was and, of a deal,
roughly how far it had come. A decided case has the rows on which it was decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from leads import case_sources
from leads.enums import FollowUpOutcome, RecordKind
from leads.models import CollisionCase, Customer, FollowUp, Lead, Opportunity
from leads.selectors.case_as_decided import decision_shown
from leads.selectors.case_evidence import Traces, dossier_of
from leads.words import deal_band

MOST = 200
FIGURES = ("orders", "deals", "follow_ups")
Kept = Mapping[str, Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class EvidenceRow:
    """One row: when, what kind; its name and page only for whoever may read it."""

    at: datetime | None
    kind: str
    name: str = ""
    url: str = ""
    more: str = ""


def kept_rows(traces: Traces) -> dict[str, list[list[Any]]]:
    """What a decision keeps of the rows: ids, moments, and how far a deal had come."""
    orders = [["order", one.pk, one.at.isoformat()] for one in traces.orders]
    orders += [["deal", one["id"], _iso(one["closed_at"] or one["created_at"])]
               for one in traces.won_deals]  # fmt: skip
    deals = [[one["id"], _iso(one["created_at"]), one["stage__probability"]]
             for one in traces.open_deals]  # fmt: skip
    deals += [[one.pk, _iso(one.at), None] for one in traces.offers]
    follow_ups = [[one["id"], _iso(one["at"])] for one in traces.effective]
    return {
        "orders": sorted(orders, key=lambda one: (one[2], one[1]))[-MOST:],
        "deals": deals[-MOST:],
        "follow_ups": follow_ups[-MOST:],
    }


def _iso(at: datetime) -> str:
    return at.isoformat()


def rows_behind(
    case: CollisionCase, member_id: int, figure: str, reader: Member
) -> list[EvidenceRow] | None:
    """The rows of one rep's figure, the latest first; None where there is no such rep.

    A decision of before rows were kept has none.
    """
    kept = _rows_of(case, member_id)
    if kept is None or figure not in FIGURES:
        return None
    return list(reversed(WAYS[figure](kept.get(figure, ()), reader)))


def _rows_of(case: CollisionCase, member_id: int) -> Kept | None:
    decision = decision_shown(case)
    if decision is None:
        traces = dossier_of(case).sides.get(member_id)
        return None if traces is None else kept_rows(traces)
    sides = {side["member"]: side for side in decision.evidence["sides"]}
    return sides[member_id].get("rows", {}) if member_id in sides else None


def _orders(kept: Iterable[Sequence[Any]], reader: Member) -> list[EvidenceRow]:
    rows = list(kept)
    orders = case_sources.pages_of(
        case_sources.ORDER, reader, [pk for kind, pk, _at in rows if kind == "order"]
    )
    deals = _deals_seen([pk for kind, pk, _at in rows if kind == "deal"], reader)
    found = []
    for kind, pk, at in rows:
        name, url = orders.get(pk, ("", "")) if kind == "order" else deals.get(pk, ("", ""))
        label = _("Order") if kind == "order" else _("Won deal")
        found.append(EvidenceRow(parse_datetime(at), label, name, url))
    return found


def _deals(kept: Iterable[Sequence[Any]], reader: Member) -> list[EvidenceRow]:
    """Open deals, and quotes of none of these: they have no probability."""
    rows = list(kept)
    seen = _deals_seen([pk for pk, _at, share in rows if share is not None], reader)
    offers = [pk for pk, _at, share in rows if share is None]
    quotes = case_sources.pages_of(case_sources.QUOTE, reader, offers)
    return [
        EvidenceRow(parse_datetime(at), _("Sent quote"), *quotes.get(pk, ("", "")))
        if share is None
        else EvidenceRow(
            parse_datetime(at), _("Open deal"), *seen.get(pk, ("", "")), more=deal_band(share)
        )
        for pk, at, share in rows
    ]


def _deals_seen(ids: Sequence[int], reader: Member) -> dict[int, tuple[str, str]]:
    rows: QuerySet[Any] = Opportunity.objects.filter(pk__in=ids)
    seen = policy.visible(reader, rows, "leads.view_opportunity").values_list("pk", "name")
    return {pk: (name, reverse("leads:opportunity", args=[pk])) for pk, name in seen}


def _follow_ups(kept: Iterable[Sequence[Any]], reader: Member) -> list[EvidenceRow]:
    rows = list(kept)
    told = FollowUp.objects.in_bulk([pk for pk, _at in rows])
    pages = _pages(told.values(), reader)
    found = []
    for pk, at in rows:
        one = told.get(pk)
        url = pages.get(pk, "")
        name = f"{FollowUpOutcome(one.outcome).label} → {one.next_step}" if one and url else ""
        found.append(EvidenceRow(parse_datetime(at), _("Effective follow-up"), name, url))
    return found


def _pages(told: Iterable[FollowUp], reader: Member) -> dict[int, str]:
    """The page of the record each was logged on, for whoever may read that."""
    found: dict[int, str] = {}
    shelves: tuple[tuple[str, Any, str], ...] = (
        (RecordKind.LEAD.value, Lead, "leads:detail"),
        (RecordKind.CUSTOMER.value, Customer, "leads:customer"),
    )
    known = list(told)
    for kind, model, page in shelves:
        ids = {getattr(one, f"{kind}_id") for one in known} - {None}
        rows = policy.visible(reader, model.objects.filter(pk__in=ids), f"leads.view_{kind}")
        seen = set(rows.values_list("pk", flat=True))
        for one in known:
            if getattr(one, f"{kind}_id") in seen:
                found[one.pk] = reverse(page, args=[getattr(one, f"{kind}_id")])
    return found


WAYS = {"orders": _orders, "deals": _deals, "follow_ups": _follow_ups}
