"""Whoever a lead was shared with shares the customer it becomes, on the same terms."""

from itertools import groupby
from typing import Any

from crm.access import grants
from crm.people.models import Department, Member
from crm.sharing import journal
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import Share, shares_of
from leads.models import Customer, Lead


def share_on(lead: Lead, customer: Customer, *, by: Member) -> None:
    """Give the lead's shares to its new customer; the lead keeps its own."""
    held = sorted(shares_of(lead), key=_terms)
    for _key, group in groupby(held, key=_terms):
        _give(customer, list(group), by=by)


def _terms(share: Share) -> tuple[str, str, str]:
    return share.action, share.until.isoformat() if share.until else "", share.reason


def _give(customer: Customer, shares: list[Share], *, by: Member) -> None:
    first, receivers = shares[0], [one.receiver for one in shares]
    of = noun("leads.customer")
    terms: dict[str, Any] = {"until": first.until, "by": by, "reason": first.reason}
    grants.grant_each(receivers, first.action, Customer, [customer.pk], **terms)
    journal.write_all(
        f"{of.name}.shared",
        kind=of.key,
        ids=[customer.pk],
        members=[one.pk for one in receivers if isinstance(one, Member)],
        departments=[one.pk for one in receivers if isinstance(one, Department)],
        may_edit=first.may_edit,
        until=first.until.isoformat() if first.until else None,
        why=first.reason,
    )
