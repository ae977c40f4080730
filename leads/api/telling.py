"""A known client, told to a program as the form tells a person: the same cards, nothing more."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.urls import reverse

from crm.integrations.problems import Problem
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.links import public
from leads.selectors.similar import SimilarCard
from leads.services.lookups import cards_of_refusal, note_refusal
from leads.services.refusals import (
    ConfirmationNeeded,
    LikelyDuplicate,
    ProtectedClient,
    StaleRecord,
)


@contextmanager
def collisions_told(member: Member, *, typed: Any) -> Iterator[None]:
    """Turn what a service refuses into a Problem; `typed()` is the company's name as it was sent.

    The cards are counted and logged as a look-up, like those of a form that comes back.
    """
    try:
        yield
    except LikelyDuplicate as refusal:
        cards = cards_of_refusal(refusal, by=member, typed=typed())
        raise collision(refusal, cards) from None
    except ProtectedClient as refusal:
        raise protected(refusal) from None
    except Refused as refusal:
        note_refusal(refusal, by=member)
        raise


def collision(refusal: LikelyDuplicate, cards: Sequence[SimilarCard]) -> Problem:
    """Known already: what is asked for, and the cards it is about."""
    more: dict[str, Any] = {"asks": refusal.asks, "cards": cards_out(cards)}
    if isinstance(refusal, ConfirmationNeeded):
        more |= {"confirm": [card.mark for card in cards], "is_own": refusal.is_own}
    return Problem(409, "known-client", str(refusal), is_paused=not cards, **more)


def protected(refusal: ProtectedClient) -> Problem:
    """Only the protected customer may be worked on."""
    page = reverse("leads:case", args=[refusal.case_id]) if refusal.case_id else ""
    return Problem(409, "protected-client", str(refusal), case_url=public(page) if page else "")


def stale(refusal: StaleRecord, current: dict[str, Any]) -> Problem:
    """Somebody else saved meanwhile, and what is stored now."""
    return Problem(409, "stale", str(refusal), current=current)


def cards_out(cards: Sequence[SimilarCard]) -> list[dict[str, Any]]:
    """The cards of similar clients, field by field."""
    return [
        {
            "kind": card.kind,
            "title": card.title,
            "owner": card.owner,
            "has_owner": card.has_owner,
            "status": card.status,
            "band": card.band,
            "last_contact": card.last_contact,
            "verdict": card.verdict,
            "reasons": [words for words, _tone in card.reasons],
            "is_visible": card.is_visible,
            "mark": card.mark,
            "ask": card.ask,
            "id": card.record_id,
            "number": card.detail,
            "url": public(card.url) if card.url else "",
        }
        for card in cards
    ]
