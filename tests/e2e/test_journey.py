"""One deal walks from a lead file to matched cash, through everybody's hands."""

import pytest

from tests.e2e.acts import cash, marketing, ordering, rep
from tests.e2e.acts.play import Play
from tests.e2e.people import DESKTOP, PHONE, Company, Theatre, expect

STAGES = [
    pytest.param("jiangnan", "zh-hans", DESKTOP, id="desktop in Chinese"),
    pytest.param("northbay", "en", PHONE, id="phone in English"),
]
ACTS = (
    marketing.upload,
    marketing.look_at_preview,
    marketing.run_import,
    marketing.leads_arrive,
    rep.follow_up,
    rep.meet_a_colleagues_client,
    rep.convert,
    rep.move_the_deal,
    ordering.write_order,
    ordering.submit,
    ordering.send_back,
    ordering.change_and_submit_again,
    ordering.approve,
    ordering.see_the_plan,
    cash.upload_statement,
    cash.post,
    cash.see_paid,
    cash.undo,
    cash.post_again,
    cash.figures_follow,
)


@pytest.mark.parametrize(("slug", "language", "device"), STAGES)
def test_a_deal_walks_from_lead_to_matched_cash(
    theatre: Theatre, slug: str, language: str, device: dict[str, object]
) -> None:
    play = Play(theatre.company(slug, language=language, device=device))
    for act in ACTS:
        act(play)
    others_see_nothing(play, theatre.company("harbour", language="en", device=device))


def others_see_nothing(play: Play, others: Company) -> None:
    """Neither in their own organisation nor by addresses they made up."""
    stranger = others.enter("owner")
    stranger.tolerate("^404 GET")
    for path in (play.lead_path, play.deal_path, play.order_path, "leads/import/1/"):
        for home in (stranger.home, play.rep.home):
            answer = stranger.page.goto(f"{home}/{path}")
            assert answer is not None
            assert answer.status == 404, f"{home}/{path}"
    page = stranger.go(f"search/?q={play.client}")
    expect(page.locator("main")).to_be_visible()
    assert page.locator("main .tz-list").count() == 0
    stranger.go("orders/")
    assert play.order_number not in stranger.page.locator("main .tz-table").inner_text()
