"""The story of a quote or order: begun, sent or submitted, decided, remarked on."""

from collections.abc import Iterable, Mapping
from itertools import chain

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.approvals import selectors as approvals
from crm.approvals.enums import Verdict
from crm.audit.selectors import operations_on
from crm.sharing import stories
from crm.sharing.words import operations as sharing_operations
from crm.teamwork.selectors import comments_on
from crm.web import markup
from crm.web.components import Change, Entry
from leads.selectors.wording import names_of
from orders.enums import VersionReason
from orders.models import Order, OrderVersion, PricedDocument, Quote
from orders.selectors.versions import OrderDiff, compare

Words = Mapping[str, tuple[str, str, str]]  # operation → title, icon, tone
TOLD_BY_ITSELF = ("order.approved", "quote.expired")


def order_timeline(order: Order) -> list[Entry]:
    """Everything, newest first."""
    words = {
        "order.begun": (_("began the order"), "file-invoice", "grey"),
        "order.copied": (_("copied the lines from another order"), "copy", "grey"),
        "order.withdrawn": (_("withdrew it from approval"), "arrow-back-up", "grey"),
        "order.approved": (pgettext("order", "Approved"), "circle-check", "green"),
        "order.cancelled": (_("cancelled the order"), "circle-x", "red"),
    }
    told = operations(order, words, sharing_operations("order"))
    return newest_first(told, submissions(order), decisions(order), comments(order))


def quote_timeline(quote: Quote) -> list[Entry]:
    """Everything, newest first."""
    words = {
        "quote.begun": (_("began the quote"), "file-text", "grey"),
        "quote.copied": (_("copied the lines from another quote"), "copy", "grey"),
        "quote.sent": (_("sent it to the customer"), "send", "blue"),
        "quote.accepted": (_("noted that the customer accepts"), "circle-check", "green"),
        "quote.declined": (_("noted that the customer declines"), "circle-x", "red"),
        "quote.withdrawn": (_("withdrew the quote"), "arrow-back-up", "grey"),
        "quote.expired": (pgettext("quote", "Expired"), "clock", "amber"),
        "quote.revised": (_("revised it"), "refresh", "grey"),
        "quote.ordered": (_("made an order of it"), "file-invoice", "green"),
    }
    told = operations(quote, words, sharing_operations("quote"))
    return newest_first(told, comments(quote))


def newest_first(*parts: Iterable[Entry]) -> list[Entry]:
    """The parts of a story as one."""
    return sorted(chain(*parts), key=lambda entry: entry.at, reverse=True)


def operations(
    record: PricedDocument, words: Words, sharing: Mapping[str, tuple[str | Promise, str]]
) -> Iterable[Entry]:
    """What was done that is neither a submission nor a decision."""
    rows = operations_on(record)
    names = names_of(one for row in rows for one in stories.references(row.details))
    for row in rows:
        if stories.is_told(row.action):
            title, icon = sharing[row.action]
            who = row.member.name if row.member else _("System")
            told = stories.told(row.action, row.details, names)
            yield Entry(row.at, str(title), who=who, icon=icon, tone="blue", body=told)
        elif row.action in words:
            text, icon, tone = words[row.action]
            who = row.member.name if row.member and row.action not in TOLD_BY_ITSELF else ""
            why = str(row.details.get("why") or row.details.get("number") or "")
            yield Entry(row.at, text, who=who, icon=icon, tone=tone, body=why)


def submissions(order: Order) -> Iterable[Entry]:
    """Each submitted version, with what differs from the one before."""
    rows = order.versions.filter(reason=VersionReason.SUBMITTED).select_related("member")
    earlier: OrderVersion | None = None
    for version in rows.order_by("number"):
        changes = flat_changes(compare(earlier, version)) if earlier else []
        yield Entry(
            version.at,
            _("submitted version %(number)s for approval") % {"number": version.number},
            who=version.member.name if version.member else "",
            icon="send",
            tone="blue",
            changes=changes,
            url=reverse("orders:version", args=[order.pk, version.number]),
        )
        earlier = version


def flat_changes(diff: OrderDiff) -> list[Change]:
    """A diff as old → new pairs, a line's values in one pair."""
    found = list(diff.head)
    for line in diff.lines:
        if line.kind == "added":
            found.append(Change(line.name, "", line.text))
        elif line.kind == "removed":
            found.append(Change(line.name, line.text, ""))
        else:
            old = " · ".join(str(change.old) or "—" for change in line.changes)
            new = " · ".join(str(change.new) or "—" for change in line.changes)
            found.append(Change(line.name, old, new))
    return found


def decisions(order: Order) -> Iterable[Entry]:
    """What each approver decided, and why."""
    for one in approvals.decisions_on(order):
        is_approval = one.verdict == Verdict.APPROVE
        yield Entry(
            one.at,
            pgettext("decision", "approved") if is_approval else pgettext("decision", "sent back"),
            who=one.member.name,
            icon="thumb-up" if is_approval else "arrow-back-up",
            tone="green" if is_approval else "amber",
            body=one.comment,
        )


def comments(record: PricedDocument) -> Iterable[Entry]:
    """Remarks."""
    for one in comments_on(record):
        yield Entry(
            one.at,
            pgettext("timeline", "commented"),
            who=one.member.name,
            icon="message-circle",
            body=markup.text(one.text),
        )
