from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from leads.enums import CustomerStatus
from leads.models import Customer, Opportunity, Stage, StageChange
from leads.selectors.opportunities import board_lanes
from leads.services import opportunities
from leads.services.opportunities import (
    ReasonNeeded,
    create_opportunity,
    move_opportunity,
    update_opportunity,
)
from leads.services.refusals import StaleRecord
from leads.services.stages import ensure_default_stages

HTMX = {"HX-Request": "true"}


def order_of(stage: Stage) -> list[str]:
    rows = Opportunity.objects.filter(stage=stage).order_by("position", "id")
    return list(rows.values_list("name", flat=True))


@pytest.fixture
def column(customer, stages, tenant):
    """Three deals in one column: a, b, c."""
    return [
        create_opportunity(customer_id=customer.pk, by=tenant.agent, name=name) for name in "abc"
    ]


def test_the_default_stages_are_made_once(tenant):
    first = ensure_default_stages()
    assert [stage.name for stage in first][:2] == ["初步接触", "需求确认"]
    assert [stage.probability for stage in first] == [10, 30, 50, 70, 100, 0]
    assert ensure_default_stages() == first


def test_entering_a_stage_is_written_down(deal, stages, tenant):
    entered = StageChange.objects.get()
    assert (entered.from_stage, entered.to_stage) == (None, stages["first_contact"])
    assert entered.amount == Decimal("120000.00")


def test_a_move_changes_stage_and_clock(deal, stages, tenant):
    before = deal.stage_changed_at
    moved = move_opportunity(
        opportunity_id=deal.pk, stage_id=stages["proposal"].pk, by=tenant.agent
    )
    assert moved.stage_changed_at > before
    change = StageChange.objects.order_by("-id").first()
    assert (change.from_stage.code, change.to_stage.code) == ("first_contact", "proposal")


def test_a_card_goes_above_another(column, stages, tenant):
    first, second, third = column
    stage = stages["first_contact"]
    assert order_of(stage) == ["a", "b", "c"]
    move_opportunity(opportunity_id=third.pk, stage_id=stage.pk, by=tenant.agent, before=second.pk)
    assert order_of(stage) == ["a", "c", "b"]
    move_opportunity(opportunity_id=first.pk, stage_id=stage.pk, by=tenant.agent)
    assert order_of(stage) == ["c", "b", "a"]
    assert StageChange.objects.count() == 3


def test_without_a_gap_the_column_is_spread_out(column, stages, tenant, monkeypatch):
    monkeypatch.setattr(opportunities, "GAP", 1)
    Opportunity.objects.filter(pk=column[0].pk).update(position=5)
    Opportunity.objects.filter(pk=column[1].pk).update(position=6)
    Opportunity.objects.filter(pk=column[2].pk).update(position=7)
    monkeypatch.setattr(opportunities, "GAP", 1024)
    move_opportunity(
        opportunity_id=column[2].pk,
        stage_id=stages["first_contact"].pk,
        by=tenant.agent,
        before=column[1].pk,
    )
    assert order_of(stages["first_contact"]) == ["a", "c", "b"]


def test_losing_asks_why(deal, stages, tenant):
    with pytest.raises(ReasonNeeded):
        move_opportunity(opportunity_id=deal.pk, stage_id=stages["lost"].pk, by=tenant.agent)
    lost = move_opportunity(
        opportunity_id=deal.pk, stage_id=stages["lost"].pk, by=tenant.agent, lost_reason="价格"
    )
    assert lost.closed_at is not None
    reopened = move_opportunity(
        opportunity_id=deal.pk, stage_id=stages["proposal"].pk, by=tenant.agent
    )
    assert (reopened.closed_at, reopened.lost_reason) == (None, "")


def test_winning_makes_the_customer_an_active_one(deal, stages, customer, tenant):
    move_opportunity(opportunity_id=deal.pk, stage_id=stages["won"].pk, by=tenant.agent)
    assert Customer.objects.get(pk=customer.pk).status == CustomerStatus.ACTIVE


def test_a_stale_page_is_refused(deal):
    update_opportunity(opportunity_id=deal.pk, version=1, amount=Decimal("1.00"))
    with pytest.raises(StaleRecord):
        update_opportunity(opportunity_id=deal.pk, version=1, amount=Decimal("2.00"))


def test_columns_count_and_sum_all_their_cards(deal, column, tenant, stages, mounted):
    lanes = board_lanes(tenant.agent, Opportunity.objects.all(), ensure_default_stages())
    assert [lane.label for lane in lanes][0] == "初步接触"
    assert (lanes[0].count, lanes[0].total) == (4, Decimal("120000.00"))


def test_a_late_card_turns_amber(deal, tenant, mounted):
    long_ago = timezone.now() - timedelta(days=15)
    Opportunity.objects.filter(pk=deal.pk).update(stage_changed_at=long_ago)
    (card,) = board_lanes(tenant.agent, Opportunity.objects.all(), ensure_default_stages())[0].cards
    assert (card.days, card.late) == (15, True)


def test_readers_see_the_board_but_cannot_move(deal, tenant, sign_in, url):
    move_url = url("leads:move", deal.pk)
    assert move_url in sign_in(tenant.agent).get(url("leads:board")).content.decode()
    assert move_url not in sign_in(tenant.finance).get(url("leads:board")).content.decode()


def test_dropping_a_card(deal, stages, tenant, sign_in, url):
    answer = sign_in(tenant.agent).post(
        url("leads:move", deal.pk), {"stage": stages["proposal"].pk, "before": ""}, headers=HTMX
    )
    assert answer.status_code == 204
    assert "opportunity-moved" in answer.headers["HX-Trigger"]
    undo = url("leads:move_back", deal.pk, stages["first_contact"].pk)
    assert undo in answer.headers["HX-Trigger"]
    sign_in(tenant.agent).post(undo, headers=HTMX)
    assert Opportunity.objects.get(pk=deal.pk).stage == stages["first_contact"]


def test_dropping_into_lost_opens_the_question(deal, stages, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    answer = browser.post(url("leads:move", deal.pk), {"stage": stages["lost"].pk}, headers=HTMX)
    assert answer.status_code == 422
    assert "tz:open-modal" in answer.headers["HX-Trigger"]
    ask = url("leads:lose", deal.pk) + f"?stage={stages['lost'].pk}"
    assert browser.get(ask).status_code == 200
    browser.post(ask, {"lost_reason": "预算取消"})
    assert Opportunity.objects.get(pk=deal.pk).lost_reason == "预算取消"


def test_a_colleagues_card_cannot_be_moved(deal, stages, tenant, sign_in, url):
    answer = sign_in(tenant.colleague).post(
        url("leads:move", deal.pk), {"stage": stages["proposal"].pk}
    )
    assert answer.status_code == 404


def test_the_browser_opens_a_deal(customer, stages, tenant, sign_in, url):
    page = url("leads:create_opportunity") + f"?customer={customer.pk}"
    assert customer.name in sign_in(tenant.agent).get(page).content.decode()
    answer = sign_in(tenant.agent).post(page, {"name": "二期", "amount": "30万"})
    created = Opportunity.objects.get()
    assert answer.headers["Location"] == url("leads:opportunity", created.pk)
    assert (created.amount, created.stage.code) == (Decimal("300000.00"), "first_contact")
    assert sign_in(tenant.colleague).get(page).status_code == 404


def test_the_customer_is_searched_not_sent(customer, stages, tenant, sign_in, url):
    browser = sign_in(tenant.agent)
    assert customer.name not in browser.get(url("leads:create_opportunity")).content.decode()
    pick = url("leads:pick_customer") + "?customer_text=云帆"
    assert f'value="{customer.pk}" checked' in browser.get(pick).content.decode()
    assert customer.name not in sign_in(tenant.colleague).get(pick).content.decode()
    answer = browser.post(
        url("leads:create_opportunity"), {"customer": customer.pk, "amount": "x", "name": "三期"}
    )
    assert answer.status_code == 422
    assert customer.name in answer.content.decode()


def test_many_deals_are_closed_as_lost(deal, column, stages, tenant, sign_in, url):
    move_opportunity(opportunity_id=deal.pk, stage_id=stages["won"].pk, by=tenant.agent)
    ids = [deal.pk, *(one.pk for one in column)]
    sign_in(tenant.agent).post(
        url("leads:bulk_lose"), {"ids": ids, "go": "1", "lost_reason": "项目取消"}
    )
    assert Opportunity.objects.filter(lost_reason="项目取消").count() == 3
    assert Opportunity.objects.get(pk=deal.pk).stage == stages["won"]
