"""Whoever a record was shared with shares what it becomes, on the same terms."""

from itertools import groupby
from typing import Any

from crm.access import grants
from crm.people.models import Department, Member
from crm.sharing import journal
from crm.sharing.nouns import noun
from crm.sharing.selectors.shares import Share, sharable, shares_of
from leads.models import Customer, Lead
from leads.models.bases import OwnedModel


def share_on(source: OwnedModel, made: OwnedModel, *, by: Member) -> None:
    """Give a record's shares to what was just made of it; the record keeps its own."""
    _share(shares_of(source), made, by=by)


def share_on_known(lead: Lead, customer: Customer, *, by: Member) -> list[Share]:
    """The same for a customer that was there before; returns the shares that were not passed on.

    Of two shares with one receiver the one that allows more and lasts longer stays; nobody opens
    a customer to others who may not share it so far.
    """
    known = shares_of(customer)
    held = [one for one in shares_of(lead) if not any(_covers(has, one) for has in known)]
    of = noun("leads.customer")
    actions = {one.action for one in held}
    may = {action for action in actions if sharable(by, of, action, [customer.pk]).exists()}
    _share([one for one in held if one.action in may], customer, by=by)
    return [one for one in held if one.action not in may]


def _share(held: list[Share], target: OwnedModel, *, by: Member) -> None:
    for _key, group in groupby(sorted(held, key=_terms), key=_terms):
        _give(target, list(group), by=by)


def _covers(has: Share, one: Share) -> bool:
    """Whether the receiver has as much already, for as long."""
    if has.code != one.code or one.may_edit > has.may_edit:
        return False
    return has.until is None or (one.until is not None and one.until <= has.until)


def _terms(share: Share) -> tuple[str, str, str]:
    return share.action, share.until.isoformat() if share.until else "", share.reason


def _give(target: OwnedModel, shares: list[Share], *, by: Member) -> None:
    first, receivers = shares[0], [one.receiver for one in shares]
    of = noun(target._meta.label_lower)
    terms: dict[str, Any] = {"until": first.until, "by": by, "reason": first.reason}
    grants.grant_each(receivers, first.action, of.model, [target.pk], **terms)
    journal.write_all(
        f"{of.name}.shared",
        kind=of.key,
        ids=[target.pk],
        members=[one.pk for one in receivers if isinstance(one, Member)],
        departments=[one.pk for one in receivers if isinstance(one, Department)],
        may_edit=first.may_edit,
        until=first.until.isoformat() if first.until else None,
        why=first.reason,
    )
