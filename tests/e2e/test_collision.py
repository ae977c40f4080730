"""A collision from the first entry to the end: case, decision, appeal, overturned."""

import pytest
from playwright.sync_api import Locator, Page

from tests.e2e.people import Company, Person, Theatre, expect

CLIENT, PHONE_OF_OWNER = "常州启明星仪器有限公司", "13961234567"
DRAWER, MODAL = "#tz-drawer[open]", "#tz-modal[open]"


@pytest.fixture
def company(theatre: Theatre) -> Company:
    return theatre.company("twobanks", language="zh-hans")


def test_a_collision_is_decided_appealed_and_overturned(company: Company) -> None:
    owner_of_client = company.enter("colleague")
    enter(owner_of_client, phone=PHONE_OF_OWNER)
    rep = company.enter("agent")
    enter(rep, why="客户的采购是我同学")
    case = open_case(rep)
    assert PHONE_OF_OWNER not in rep.page.content()
    state(rep, "上月已拜访过两次。")

    manager = company.enter("manager")
    manager.go(case)
    expect(manager.page.locator(".tz-evidence")).to_contain_text("李娜")
    manager.see("上月已拜访过两次。")
    decide(manager, "仍归 李娜")

    rep.go(case)
    expect(rep.page.locator(".tz-decision")).to_contain_text("仍归 李娜")
    rep.press("Appeal", within=rep.page.locator(".tz-record-head"))
    modal = rep.page.locator(MODAL)
    modal.locator("textarea").fill("她登记后从未联系客户。")
    submit(modal)
    expect(rep.page.locator(".tz-record-name")).to_contain_text(
        rep.say("Appealed", context="collision")
    )

    top = company.enter("owner")
    top.go(case)
    top.see("她登记后从未联系客户。")
    decide(top, "归 王磊", reason="拜访记录属实")
    expect(top.page.locator(".tz-record-name")).to_contain_text(
        top.say("Closed", context="collision")
    )
    rep.page.reload()
    expect(rep.page.locator(".tz-decision").first).to_contain_text("归 王磊")
    rep.go("leads/?owner=me")
    expect(rep.page.locator("#table-leads").get_by_role("link", name=CLIENT).first).to_be_visible()


def enter(person: Person, *, phone: str = "", why: str = "") -> None:
    """A lead; with a reason where the client is somebody's already."""
    page = person.go("leads/new/")
    person.field("Company").fill(CLIENT)
    if phone:
        person.field("Phone").fill(phone)
    person.press("Add lead")
    if why:
        page.locator("input[name=explanation]").fill(why)
        person.press("Add lead")
    expect(page.locator(".tz-record-name")).to_contain_text(CLIENT)


def open_case(person: Person) -> str:
    """By the line on the lead's page; returns where the case is."""
    link = person.page.locator(".tz-alert a[href*='/collisions/']")
    path = (link.get_attribute("href") or "").removeprefix(f"/{person.home.rsplit('/', 1)[1]}/")
    person.go(path)
    expect(person.page.locator("#case-body")).to_be_visible()
    return path


def state(person: Person, text: str) -> None:
    person.press("Make a statement")
    modal = person.page.locator(MODAL)
    modal.locator("textarea").fill(text)
    submit(modal)
    person.see(text)


def decide(person: Person, way: str, reason: str = "看过证据") -> None:
    """In the drawer, beside the evidence."""
    page: Page = person.page
    person.press("Decide", context="collision", within=page.locator(".tz-record-head"))
    drawer = page.locator(DRAWER)
    expect(drawer.locator(".tz-proposal")).to_be_visible()
    drawer.locator("label.tz-ruling").filter(has_text=way).first.click()
    drawer.locator("textarea[name=reason]").fill(reason)
    submit(drawer)
    expect(page.locator("main .tz-decision").first).to_contain_text(way)


def submit(frame: Locator) -> None:
    frame.locator("form [type=submit]").click()
    expect(frame).to_have_count(0)
