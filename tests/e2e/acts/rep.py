"""Act two: the rep follows up, is told of a colleague's client, converts and moves the deal."""

from playwright.sync_api import Locator, Page

from tests.e2e.acts.play import Play, path_of
from tests.e2e.people import Person, expect

OWNED, OWNER = "无锡恒泰精密机械有限公司", "李娜"
SECRETS = ("13862001234", "138 6200 1234", "shen@hengtai.example", "沈国栋")


def follow_up(play: Play) -> None:
    """What was said, what came of it, what is next and when."""
    rep = play.rep
    form = rep.page.locator("form.tz-follow-up")
    rep.field("What was said", within=form).fill("看了现场，两条产线要改造。")
    form.locator("label.tz-kind", has_text=rep.say("Visit")).click()
    form.locator("select[name=outcome]").select_option(label=rep.say("Wants a quote"))
    rep.field("Next step", within=form).fill("发送报价")
    form.locator("select[name=soon]").select_option(label=rep.say("In 3 days"))
    form.locator("button[type=submit]").click()
    rep.toast(rep.say("Follow-up logged."))
    expect(rep.page.locator(".tz-timeline")).to_contain_text("两条产线要改造")
    expect(rep.page.locator(".tz-record-meta")).to_contain_text("发送报价")
    play.picture(rep, "follow-up")


def meet_a_colleagues_client(play: Play) -> None:
    """Before saving: a card with the owner's name and nothing to reach the client by."""
    rep = play.rep
    page = rep.go("leads/new/")
    rep.field("Company").press_sequentially(OWNED)
    card = page.locator("#similar-lead .tz-similar-card")
    expect(card).to_contain_text(OWNER)
    play.picture(rep, "redacted-card")
    holds_no_secret(page)

    rep.press("Add lead")
    expect(page.locator("input[name=explanation]")).to_be_visible()
    holds_no_secret(page)
    play.picture(rep, "why-continue")


def holds_no_secret(page: Page) -> None:
    """Not hidden, not in an attribute: not there."""
    html = page.content()
    assert [secret for secret in SECRETS if secret in html] == []


def convert(play: Play) -> None:
    """The lead becomes a customer with a contact and a deal."""
    rep = play.rep
    page = rep.go(play.lead_path)
    rep.press("Convert", within=page.locator(".tz-record-head"))
    modal = page.locator("#tz-modal")
    play.deal = "产线改造一期"
    rep.field("Opportunity", within=modal).fill(play.deal)
    rep.field("Expected amount", within=modal).fill("25万")
    play.picture(rep, "convert")
    modal.locator("button[type=submit]").click()
    became = page.locator(".tz-alert.tz-green").get_by_role("link", name=play.client)
    became.click()
    drawer = page.locator("#tz-drawer")
    expect(drawer.locator(".tz-record-name h1")).to_contain_text(play.client)
    expect(drawer.locator(".tz-record-related")).to_contain_text(play.deal)
    play.picture(rep, "customer")


def move_the_deal(play: Play) -> None:
    """The rep drags the card; the manager's open board shows it moving."""
    rep, manager = play.rep, play.manager
    for person in (rep, manager):
        person.go("opportunities/board/")
        expect(card_in(person, "初步接触", play.deal)).to_be_visible()
    expect(manager.page.locator("html")).to_have_attribute("data-live", "on")
    play.picture(rep, "board")
    card, lane = card_in(rep, "初步接触", play.deal), lane_of(rep, "需求确认")
    if play.on_phone:
        drag_by_touch(rep, card, lane)
    else:
        card.drag_to(lane, source_position={"x": 12, "y": 40})
    expect(card_in(rep, "需求确认", play.deal)).to_be_visible()
    expect(card_in(manager, "需求确认", play.deal)).to_be_visible()
    play.picture(manager, "board-of-the-manager")

    card_in(rep, "需求确认", play.deal).get_by_role("link", name=play.deal).click()
    drawer = rep.page.locator("#tz-drawer")
    expect(drawer.locator(".tz-record-name")).to_contain_text(play.deal)
    drawer.get_by_role("link", name=rep.say("Open as a page")).click()
    expect(rep.page.locator("main .tz-record-name")).to_contain_text(play.deal)
    play.deal_path = path_of(rep.page, rep.home)
    play.picture(rep, "deal")


def lane_of(person: Person, stage: str) -> Locator:
    return person.page.locator(f"[data-lane-label='{stage}']")


def card_in(person: Person, stage: str, deal: str) -> Locator:
    return lane_of(person, stage).locator("[data-card]", has_text=deal)


def drag_by_touch(person: Person, card: Locator, lane: Locator) -> None:
    """A finger that rests, moves and lifts."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), lane.bounding_box()
    assert start is not None
    assert end is not None
    session = person.context.new_cdp_session(person.page)

    def touch(kind: str, x: float, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = start["x"] + 30, start["y"] + 50
    goal_x, goal_y = min(end["x"] + 30, 380), end["y"] + 20
    touch("touchStart", x, y)
    person.page.wait_for_timeout(250)
    for step in range(1, 13):
        touch("touchMove", x + (goal_x - x) * step / 12, y + (goal_y - y) * step / 12)
        person.page.wait_for_timeout(30)
    touch("touchEnd", goal_x, goal_y)
