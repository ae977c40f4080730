"""What a record's page shows of shares and transfers: buttons, who holds it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from crm.sharing.nouns import Noun
from crm.sharing.selectors.shares import Share, may_share, shares_of
from crm.web.components import Action


def sharing_actions(member: Member, noun: Noun, record: Any) -> list[Action]:
    """Share and transfer, for those who may."""
    found = []
    if noun.is_shareable and may_share(member, noun, record):
        url = reverse(noun.page("share"), args=[record.pk])
        found.append(Action(_("Share"), url, "user-plus", frame="modal"))
    if policy.allowed(member, noun.permission("transfer"), record):
        url = reverse(noun.page("transfer"), args=[record.pk])
        found.append(Action(_("Transfer"), url, "arrows-left-right", frame="modal"))
    return found


def holders_of(
    member: Member, noun: Noun, record: Any, *, held: list[Share] | None = None
) -> dict[str, Any]:
    """The context of sharing/_holders.html: who holds what until when, and what can be done."""
    found = shares_of(record) if held is None else held
    may = may_share(member, noun, record)
    page = reverse(noun.page("share"), args=[record.pk]) if may else ""
    rows = [
        (
            one,
            f"{page}?receiver={one.code}" if may else "",
            reverse(noun.page("take_back"), args=[record.pk, one.code]) if may else "",
        )
        for one in found
    ]
    return {"rows": rows, "share_url": page}
