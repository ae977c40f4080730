from decimal import Decimal

from django.db.models import Count, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from crm.access import policy
from crm.money import ZERO
from crm.people.models import Member
from crm.web.components import Card, Lane
from leads.enums import StageKind
from leads.models import FollowUp, Opportunity, Stage
from leads.words import STAGE_COLOURS

MOST_CARDS = 50


def visible_opportunities(
    member: Member, permission: str = "leads.view_opportunity"
) -> QuerySet[Opportunity]:
    """The deals the member may reach with this permission."""
    return policy.visible(member, Opportunity.objects.all(), permission)


def opportunity_or_404(
    member: Member, pk: int, permission: str = "leads.view_opportunity"
) -> Opportunity:
    """The deal with what its page shows, if the member may reach it."""
    rows = Opportunity.objects.select_related(
        "owner", "department", "created_by", "customer", "contact", "stage", "lead"
    )
    return policy.get_or_404(member, rows, permission, pk)


def follow_ups_of_opportunity(opportunity: Opportunity) -> QuerySet[FollowUp]:
    """What was said about a deal."""
    return FollowUp.objects.filter(opportunity=opportunity)


def stages() -> list[Stage]:
    """The columns of the board in order."""
    return list(Stage.objects.order_by("position", "id"))


def days_in_stage(opportunity: Opportunity) -> int:
    """Whole days since the deal entered its stage."""
    return (timezone.now() - opportunity.stage_changed_at).days


def is_late(opportunity: Opportunity) -> bool:
    """Longer in an open stage than the stage expects."""
    stage = opportunity.stage
    is_open = bool(stage.kind == StageKind.OPEN)
    return is_open and days_in_stage(opportunity) > stage.expected_days


def board_lanes(member: Member, deals: QuerySet[Opportunity], columns: list[Stage]) -> list[Lane]:
    """The board of these deals: three queries for any number; counts and sums speak of all."""
    sums = {
        row["stage"]: (row["count"], row["total"] or ZERO)
        for row in deals.order_by().values("stage").annotate(count=Count("pk"), total=Sum("amount"))
    }
    upper = list(_first_of_each_column(deals))
    shown = Opportunity.objects.filter(pk__in=[deal.pk for deal in upper])
    movable = set(
        policy.visible(member, shown, "leads.edit_opportunity").values_list("pk", flat=True)
    )
    cards: dict[int, list[Card]] = {}
    for deal in upper:
        cards.setdefault(deal.stage_id, []).append(card_of(deal, can_move=deal.pk in movable))
    return [
        _lane(column, cards.get(column.pk, []), *sums.get(column.pk, (0, ZERO)))
        for column in columns
    ]


def _first_of_each_column(deals: QuerySet[Opportunity]) -> QuerySet[Opportunity]:
    """The uppermost cards of every column, in their order."""
    place = Window(RowNumber(), partition_by="stage", order_by=("position", "id"))
    upper = deals.annotate(place=place).filter(place__lte=MOST_CARDS)
    return upper.select_related("stage", "owner", "customer").order_by("position", "id")


def card_of(deal: Opportunity, *, can_move: bool) -> Card:
    """A deal as a card of the board."""
    is_open = deal.stage.kind == StageKind.OPEN
    return Card(
        deal.pk,
        deal.name,
        reverse("leads:opportunity", args=[deal.pk]),
        amount=deal.amount,
        currency=deal.currency,
        owner=deal.owner.name if deal.owner else "",
        days=days_in_stage(deal) if is_open else None,
        late=is_late(deal),
        next_step=deal.next_step if is_open else "",
        next_at=deal.next_step_at,
        move_url=reverse("leads:move", args=[deal.pk]) if can_move else "",
    )


def _lane(column: Stage, cards: list[Card], count: int, total: Decimal) -> Lane:
    rows = reverse("leads:opportunities")
    return Lane(
        str(column.pk),
        column.name,
        cards,
        count=count,
        total=total,
        colour=STAGE_COLOURS[column.kind],
        more_url=f"{rows}?stage={column.pk}" if count > len(cards) else "",
    )
