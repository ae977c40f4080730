"""Act three: the order is written, sent back, changed, approved twice."""

import re
from decimal import Decimal

from playwright.sync_api import Locator

from tests.e2e.acts.play import Play, money, path_of
from tests.e2e.people import Person, expect

ROBOT, SERVICE = "六轴机器人 6 kg", "安装调试服务"
FIRST_TOTAL = Decimal("250400.00")  # 2 × 128,000 less 5 % + 3 × 2,400
LAST_TOTAL = Decimal("255200.00")  # two more days of installation
COMMENT = "安装按五天报，别少算。"


def write_order(play: Play) -> None:
    """From the catalogue: quantities, a discount, tax by rate, the total."""
    rep = play.rep
    page = rep.go("orders/new/")
    row = page.locator("#customer-hits li", has_text=play.client)
    row.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/orders/\d+/edit/"))
    play.order_number = page.locator("h1").inner_text().strip()

    add(rep, ROBOT)
    add(rep, SERVICE)
    cell(rep, ROBOT, "quantity").fill("2")
    cell(rep, ROBOT, "discount").fill("5")
    cell(rep, SERVICE, "quantity").fill("3")
    page.locator("[name=contract_number]").fill(play.contract)
    page.locator("[name=payment_terms]").select_option("prepaid_30_70")
    sums = page.locator("#sheet-sums")
    expect(sums.locator("tfoot")).to_contain_text(money(FIRST_TOTAL))
    expect(sums).to_contain_text(money(Decimal("27978.76")))  # 13 % of 215,221.24
    expect(sums).to_contain_text(money(Decimal("407.55")))  # 6 % of 6,792.45
    expect(page.locator("#sheet-state")).not_to_have_class(re.compile("tz-late"))
    play.picture(rep, "order-editor")


def add(rep: Person, product: str) -> None:
    """Find a product by its name and add it."""
    page = rep.page
    find = page.get_by_role("searchbox", name=rep.say("Find a product by name or code"))
    find.fill(product[:4])
    hit = page.locator("#product-hits li", has_text=product)
    expect(page.locator("#product-hits li")).to_have_count(1)
    hit.get_by_role("button").click()
    expect(line(rep, product)).to_be_visible()


def line(rep: Person, product: str) -> Locator:
    return rep.page.locator("#order-sheet .tz-sheet-row", has_text=product)


def cell(rep: Person, product: str, name: str) -> Locator:
    return line(rep, product).locator(f"input[name={name}]")


def submit(play: Play) -> None:
    """Pressed twice in a hurry: one approval."""
    rep = play.rep
    rep.page.get_by_role("button", name=rep.say("Submit for approval")).dblclick()
    expect(state_of(rep, "In approval", "order")).to_be_visible()
    play.order_path = path_of(rep.page, rep.home)
    play.picture(rep, "order-submitted")


def state_of(person: Person, words: str, context: str) -> Locator:
    """The badge in the head of the record."""
    shown = person.say(words, context=context)
    return person.page.locator(".tz-record-head h1 .tz-badge", has_text=shown)


def send_back(play: Play) -> None:
    """The manager says what is wrong; the rep's open page knows at once."""
    manager, rep = play.manager, play.rep
    open_approval(manager, play)
    expect(manager.page.locator("main")).to_contain_text(money(FIRST_TOTAL))
    manager.press("Send back")
    expect(manager.page.locator(".tz-alert.tz-red")).to_be_visible()
    manager.field("Comment").fill(COMMENT)
    play.picture(manager, "approval")
    manager.press("Send back")
    expect(manager.page.locator("#decision")).to_have_count(0)

    expect(state_of(rep, "Sent back", "order")).to_be_visible()
    expect(rep.page.locator("main")).to_contain_text(COMMENT)
    play.picture(rep, "order-sent-back")


def open_approval(person: Person, play: Play) -> None:
    """From what waits for this person."""
    page = person.go("approvals/")
    page.get_by_role("link", name=re.compile(re.escape(play.order_number))).first.click()
    place = page.locator("#tz-drawer, main").filter(has=page.locator("#decision")).last
    expect(place.locator("#decision")).to_be_visible()


def change_and_submit_again(play: Play) -> None:
    """Five days instead of three."""
    rep = play.rep
    page = rep.page
    rep.press("Edit", context="verb")
    expect(page).to_have_url(re.compile(r"/orders/\d+/edit/"))
    cell(rep, SERVICE, "quantity").fill("5")
    expect(page.locator("#sheet-sums tfoot")).to_contain_text(money(LAST_TOTAL))
    page.get_by_role("button", name=rep.say("Submit for approval")).click()
    expect(state_of(rep, "In approval", "order")).to_be_visible()
    play.total = LAST_TOTAL


def approve(play: Play) -> None:
    """First the manager, who sees what changed, then finance."""
    for person in (play.manager, play.finance):
        open_approval(person, play)
        changed = person.say("Changed since version %(number)s").split("%")[0]
        expect(person.page.get_by_text(re.compile(re.escape(changed))).first).to_be_visible()
        play.picture(person, "approve")
        person.press("Approve", context="verb")
        expect(person.page.locator("#decision")).to_have_count(0)
    expect(state_of(play.rep, "Approved", "order")).to_be_visible()


def see_the_plan(play: Play) -> None:
    """Thirty percent before, seventy after delivery; every version and decision is kept."""
    rep = play.rep
    page = rep.go(play.order_path)
    plan = page.locator(".tz-panel-card .tz-list li")
    expect(plan).to_have_count(2)
    expect(plan.nth(0)).to_contain_text(money(play.total * 3 / 10))
    expect(plan.nth(1)).to_contain_text(money(play.total * 7 / 10))
    timeline = page.locator(".tz-timeline")
    expect(timeline).to_contain_text(COMMENT)
    versions = page.locator(".tz-record-related a[href*='/versions/']")
    assert versions.count() >= 4
    play.picture(rep, "order-approved")
