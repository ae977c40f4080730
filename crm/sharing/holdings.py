"""Shares a member holds, and the seats they fill: heads of departments, superiors."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.people.hierarchy import makes_a_circle
from crm.people.holdings import ColumnMover, Holding, Moved, address, register
from crm.people.locks import hold_tree
from crm.people.models import Department, Member
from crm.sharing.nouns import Noun, shareable_nouns
from crm.sharing.selectors.shares import still_valid

SHARED = {
    "leads.lead": _("Leads shared with them"),
    "leads.customer": _("Customers shared with them"),
    "leads.opportunity": _("Opportunities shared with them"),
    "orders.quote": _("Quotes shared with them"),
    "orders.order": _("Orders shared with them"),
}


def page(key: str) -> Any:
    """The page that lists rows without a list of their own."""
    return lambda member: address("sharing:held", member.pk, key.replace(".", "-"))


class GrantMover:
    """What was shared with one member is shared with another, on the same terms."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def move(self, ids: Sequence[int], *, giver: Member | None, receiver: Member) -> list[Moved]:
        """Where the receiver holds the same already, the giver's stays: nothing is lost."""
        rows = self._locked(ids, giver)
        have = self._held_by(receiver)
        wanted = [pk for pk, permission, record in rows if (permission, record) not in have]
        self.table.objects.filter(pk__in=wanted).update(user_id=receiver.user_id)
        return [Moved(pk) for pk in wanted]

    def restore(
        self, moved: Mapping[int, int | None], *, giver: Member, receiver: Member
    ) -> set[int]:
        """Those that nobody took back meanwhile."""
        have = self._held_by(giver)
        rows = self._locked(list(moved), receiver)
        wanted = [pk for pk, permission, record in rows if (permission, record) not in have]
        self.table.objects.filter(pk__in=wanted).update(user_id=giver.user_id)
        return set(wanted)

    def _locked(self, ids: Sequence[int], holder: Member | None) -> list[tuple[int, int, int]]:
        rows = self.table.objects.select_for_update(of=("self",), no_key=True)
        found = rows.filter(pk__in=ids, user_id=holder.user_id if holder else None).order_by("pk")
        return list(found.values_list("pk", "permission_id", "content_object_id"))

    def _held_by(self, member: Member) -> set[tuple[int, int]]:
        rows = self.table.objects.filter(user_id=member.user_id)
        return set(rows.values_list("permission_id", "content_object_id"))


class SuperiorMover(ColumnMover):
    """Members get another superior, unless that one stands below them or is themselves."""

    def move(self, ids: Sequence[int], *, giver: Member | None, receiver: Member) -> list[Moved]:
        """Those left out are led by the head of their department."""
        hold_tree()
        wanted = [pk for pk in ids if pk != receiver.pk and not makes_a_circle(pk, receiver.pk)]
        return super().move(wanted, giver=giver, receiver=receiver)


def shares_with(table: Any) -> Any:
    """The shares of one noun that a member holds now."""

    def of(member: Member) -> QuerySet[Any]:
        rows = table.objects.filter(still_valid(), user_id=member.user_id)
        found: QuerySet[Any] = rows.select_related("content_object")
        return found

    return of


def holding_of(noun: Noun, order: int) -> Holding:
    """The shares of one noun as a holding."""
    table = noun.model.access_grants()[0]  # type: ignore[attr-defined]
    key = f"share.{noun.name}"
    return Holding(
        key=key,
        label=SHARED[noun.key],
        icon="user-plus",
        order=order,
        of=shares_with(table),
        url=page(key),
        mover=GrantMover(table),
        permission=noun.permission("view"),
        title=lambda row: str(row.content_object),
        related=("content_object",),
    )


def register_shares() -> None:
    """One holding for each noun that can be shared; called when every app has registered."""
    for place, noun in enumerate(shareable_nouns()):
        register(holding_of(noun, 70 + place))


register(
    Holding(
        key="people.head",
        label=_("Departments they head"),
        icon="sitemap",
        order=80,
        of=lambda member: Department.objects.filter(head=member),
        url=page("people.head"),
        mover=ColumnMover(model=Department, owner="head", department="", is_versioned=False),
    ),
    Holding(
        key="people.superior",
        label=_("Members whose superior they are"),
        icon="users-group",
        order=81,
        of=lambda member: Member.objects.filter(superior=member, is_active=True),
        url=page("people.superior"),
        mover=SuperiorMover(model=Member, owner="superior", department="", is_versioned=False),
    ),
)
