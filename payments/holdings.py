"""Receivables have no owner of their own: they go wherever their order goes."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.people.holdings import Holding, address, register
from crm.people.models import Member
from crm.sharing import nouns
from crm.sharing.nouns import Follower
from crm.web import formats
from payments.models import Instalment


def open_instalments() -> QuerySet[Instalment]:
    return Instalment.objects.filter(paid_amount__lt=F("amount"))


def of_member(member: Member) -> QuerySet[Instalment]:
    """What customers still owe on the member's orders."""
    return open_instalments().filter(plan__order__owner=member)


def of_orders(ids: Sequence[int]) -> QuerySet[Instalment]:
    rows = open_instalments().filter(plan__order_id__in=ids)
    return rows.select_related("plan__order")


def described(one: Instalment) -> str:
    owed = formats.money(one.amount - one.paid_amount, one.currency)
    return f"{one.plan.order.number} · {owed} · {one.due_date}"


def page(member: Member) -> str:
    return f"{address('payments:receivables')}?owner={member.pk}&open=yes"


register(
    Holding(
        key="payments.instalment",
        label=_("Receivables they follow"),
        icon="cash",
        order=45,
        of=of_member,
        url=page,
        hint=_("They go with their orders."),
    )
)
nouns.register_follower(
    "orders.order",
    Follower(
        label=_("Receivables"),
        icon="cash",
        of=of_orders,
        permission="payments.view_plan",
        describe=described,
    ),
)
