"""Tell people that money has come. The only module here that speaks to inboxes and browsers."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.people.models import Member
from crm.teamwork import services as teamwork
from crm.teamwork.enums import NotificationKind
from crm.web import live
from crm.web.formats import money
from payments.models import Instalment

MOST_ONE_BY_ONE = 5


def instalments_paid(instalment_ids: Iterable[int]) -> None:
    """The owner of each order hears that an instalment is paid, in their own language."""
    rows = list(
        Instalment.objects.filter(pk__in=list(instalment_ids))
        .select_related("plan__order__customer", "plan__order__owner__user")
        .order_by("pk")
    )
    by_owner: dict[Member, list[Instalment]] = defaultdict(list)
    for row in rows:
        if row.plan.order.owner is not None:
            by_owner[row.plan.order.owner].append(row)
    for owner, received in by_owner.items():
        with translation.override(owner.user.language):
            if len(received) > MOST_ONE_BY_ONE:
                tell_of_many(owner, received)
            else:
                for row in received:
                    tell_of_one(owner, row)
        live.publish(live.member_topic(owner.pk), "payment-received")


def tell_of_one(owner: Member, row: Instalment) -> None:
    """One line in the owner's inbox, opening the order."""
    order = row.plan.order
    teamwork.notify(
        member_ids=[owner.pk],
        kind=NotificationKind.PAYMENT_RECEIVED,
        title=_("%(customer)s paid %(amount)s: %(instalment)s of %(order)s")
        % {
            "customer": order.customer.name,
            "amount": money(row.amount, row.currency),
            "instalment": row.name,
            "order": order.number,
        },
        url=page("orders:detail", order.pk),
    )


def tell_of_many(owner: Member, received: list[Instalment]) -> None:
    """A morning's postings are one line, not forty."""
    teamwork.notify(
        member_ids=[owner.pk],
        kind=NotificationKind.PAYMENT_RECEIVED,
        title=ngettext(
            "%(count)s instalment of your customers is paid",
            "%(count)s instalments of your customers are paid",
            len(received),
        )
        % {"count": len(received)},
        url=f"{page('payments:allocations')}?owner=me",
    )


def page(name: str, *args: object) -> str:
    """A page's path, also from where no request is answered."""
    return reverse(name, urlconf=settings.TENANT_URLCONF, args=args)


def lines_changed() -> None:
    """Everybody who looks at bank lines sees them as they are."""
    live.publish(live.EVERYBODY, "bank-lines-changed")
