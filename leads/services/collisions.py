"""Entering a client who is already somebody's: said before saving, never a dead end."""

from crm.audit import services as audit
from crm.people.models import Member
from leads.enums import CollisionOrigin
from leads.models import CollisionCase, Customer, Lead
from leads.selectors.identity import Match
from leads.services.cases import Entrant, reach_for
from leads.services.entering import check_entry, check_number

# The door for whoever enters a client; leads.services.entering says how it is decided.
check = check_entry
check_person = check_number


def report(
    record: Lead | Customer,
    matches: list[Match],
    *,
    by: Member,
    explanation: str,
    origin: CollisionOrigin = CollisionOrigin.ENTRY,
) -> list[CollisionCase]:
    """Somebody went on although the client is another's: their cases are opened or joined.

    Both reps and their managers are told at once.
    """
    if not matches:
        return []
    audit.record(
        "collision.noticed", target=record, count=len(matches), why=explanation[:200], origin=origin
    )
    entrant = Entrant(record, record.owner or by, origin, explanation)
    return reach_for(matches, entrant)
