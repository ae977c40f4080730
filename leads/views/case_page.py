"""What the page of a collision case shows."""

from typing import Any

from crm.people.models import Member
from leads.models import CollisionCase
from leads.selectors import cases as selectors
from leads.words import CASE_COLOURS


def case_page(member: Member, case: CollisionCase) -> dict[str, Any]:
    """Everything the case's page shows to this member."""
    return {
        "case": case,
        "colour": CASE_COLOURS[str(case.state)],
        "parties": selectors.parties_of(case),
        "records": selectors.records_of(case),
    }
