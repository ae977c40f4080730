"""The evidence on which a case was decided: what the decision moved is no part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.web.formats import Formats
from leads.models import CollisionCase, CollisionDecision
from leads.selectors.case_story import Cell, Claim, deals_cell, evidence_url, sold_words

# Evidence of which the facts keep only the moment → the name of the fact.
MOMENTS = {
    "referral": "referred_at",
    "exhibition": "exhibited_at",
    "first_effective": "first_follow_up_at",
    "last_effective": "last_follow_up_at",
    "registered": "registered_at",
}


COUNTED = ("orders", "open_deals", "follow_ups")


def decision_shown(case: CollisionCase) -> CollisionDecision | None:
    """The decision whose facts the page shows; none while the case waits for one."""
    if case.is_waiting:
        return None
    last = max(case.decisions.all(), key=lambda one: one.level, default=None)
    return last if last is not None and last.evidence.get("sides") else None


def has_kept_rows(decision: CollisionDecision) -> bool:
    """Whether its figures open their rows; decisions of before they were kept have none."""
    sides = decision.evidence.get("sides", [])
    figures = any(side.get(name) for side in sides for name in COUNTED)
    return not figures or any(side.get("rows") for side in sides)


def as_decided(claims: Sequence[Claim], decision: CollisionDecision) -> list[Claim]:
    """The same claims with what was known of each when it was decided."""
    sides = {side["member"]: side for side in decision.evidence["sides"]}
    known = decision.case_id
    return [replace(one, cells=_cells(sides.get(one.member.pk, {}), known)) for one in claims]


def _cells(side: Mapping[str, Any], case_id: int) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    until = parse_datetime(side.get("protected_until") or "")
    if until is not None:
        day = Formats.current().day(until)
        found["protection"] = Cell(_("until %(day)s") % {"day": day}, is_strong=True)
    if side.get("orders"):
        url = _url(side, case_id, "orders")
        found["orders"] = Cell(sold_words(side["orders"]), url=url, is_strong=True)
    if side.get("open_deals"):
        rows = side.get("rows", {}).get("deals", ())
        furthest = max((one[2] for one in rows if one[2] is not None), default=None)
        found["deals"] = deals_cell(side["open_deals"], furthest, _url(side, case_id, "deals"))
    if side.get("follow_ups"):
        url = _url(side, case_id, "follow_ups")
        found["follow_ups"] = Cell(str(side["follow_ups"]), url=url)
    for key, name in MOMENTS.items():
        at = parse_datetime(side.get(name) or "")
        if at is not None:
            found[key] = Cell("", at)
    return found


def _url(side: Mapping[str, Any], case_id: int, figure: str) -> str:
    """Where the rows are; decisions of before they were kept have none."""
    kept = side.get("rows", {}).get(figure)
    return evidence_url(case_id, side["member"], figure) if kept else ""
