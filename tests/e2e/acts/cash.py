"""Act four: the bank's file comes, the deposit is matched, and the figures follow."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, Route

from tests.e2e.acts.marketing import tile
from tests.e2e.acts.play import Play, money, number_in
from tests.e2e.people import Person, expect

ACCOUNT = "755912345610802"
OPENING = Decimal("158000.00")
FEE = Decimal("25.00")
HEADER = (
    "交易日", "交易时间", "起息日", "交易类型", "借方金额", "贷方金额", "余额", "摘要", "流水号",
    "业务参考号", "收(付)方名称", "收(付)方账号",
)  # fmt: skip


def statement(play: Play) -> bytes:
    """As the corporate portal of 招商银行 exports it: today's deposit and a fee."""
    day = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y%m%d}"
    deposit, memo = play.total * 3 / 10, f"合同{play.contract}首付款"
    balance = OPENING + deposit
    rows: list[tuple[object, ...]] = [
        ("招商银行企业账户交易明细",),
        (f"账号：{ACCOUNT}", "", "户名：同舟科技有限公司", "", "币种：人民币"),
        HEADER,
        (day, "093011", day, "转账汇款", "", f"{deposit:,.2f}", f"{balance:,.2f}",
         memo, "G0001200000012", "C0001", play.client, "110901234"),
        (day, "101500", day, "费用扣收", f"{FEE:,.2f}", "", f"{balance - FEE:,.2f}",
         "网银服务费", "G0001200000013", "", "", ""),
    ]  # fmt: skip
    lines = (",".join(f'"{cell}"' for cell in row) for row in rows)
    return ("\r\n".join(lines) + "\r\n").encode("gbk")


def upload_statement(play: Play) -> None:
    """Finance brings the bank's file; a worker proposes what each line pays, and says why."""
    person = play.finance
    page = person.go("bank/")
    person.press("Upload statement")
    drawer = page.locator("#tz-drawer")
    file = {"name": "招行流水.csv", "mimeType": "text/csv", "buffer": statement(play)}
    drawer.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    drawer.get_by_role("button", name=person.say("Read the file")).click()
    expect(drawer).to_be_hidden()

    match = page.locator("#match")
    if play.on_phone:
        line = page.locator("#reconcile-lines a", has_text=play.client)
        expect(line).to_be_visible()
        # what the upload itself began to read would take the line away under the finger
        page.wait_for_function("!document.querySelector('.htmx-request')")
        with lines_being_read(page):
            line.click()
            expect(match).to_be_visible()
    expect(match).to_be_visible()
    expect(match).to_contain_text(play.client)
    expect(match.locator(".tz-way")).to_contain_text(play.order_number)
    expect(match.locator(".tz-way")).to_contain_text(money(play.total * 3 / 10))
    assert match.locator(".tz-way-chips .tz-chip").count() >= 2
    play.picture(person, "proposal")


@contextmanager
def lines_being_read(page: Page) -> Iterator[None]:
    """The list reads itself again, as when a worker has proposed: a tap must not be lost."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.headers.get("hx-target") == "reconcile-lines":
            held.append(route)
        else:
            route.fallback()

    page.route("**/bank/**", hold)
    with page.expect_request(lambda request: "hx-target" in request.headers):
        page.evaluate("htmx.trigger(document.body, 'tz:bank-lines-changed')")
    yield
    for route in held:
        route.continue_()
    page.unroute("**/bank/**", hold)


def post(play: Play) -> None:
    """One key on a desktop, one tap on a phone."""
    person = play.finance
    if play.on_phone:
        person.page.locator("#match button[data-hotkey=Enter]").tap()
    else:
        person.page.keyboard.press("Enter")
    undo = person.page.locator("#tz-toasts").get_by_role("button", name=person.say("Undo"))
    expect(undo).to_be_visible()
    person.see(person.say("Nothing left to match"))
    play.picture(person, "posted")


def see_paid(play: Play) -> None:
    """By derivation: nobody set it."""
    expect(deposit_of(play)).to_have_text(paid(play))


def paid(play: Play) -> str:
    return play.finance.say("Paid", context="instalment")


def deposit_of(play: Play) -> Locator:
    """The state of the first instalment, on the order's page."""
    page = play.finance.go(play.order_path)
    return page.locator(".tz-panel-card .tz-list li").first.locator(".tz-badge")


def undo(play: Play) -> None:
    """What was posted by mistake is taken back, and the line waits again."""
    person = play.finance
    page = person.go("bank/?state=posted")
    if play.on_phone:
        page.locator("#reconcile-lines a", has_text=play.client).click()
    page.locator("#match").get_by_role("button", name=person.say("Undo posting")).click()
    person.page.locator("#tz-toasts .tz-toast").first.wait_for()
    expect(deposit_of(play)).not_to_have_text(paid(play))


def post_again(play: Play) -> None:
    """The line is proposed anew."""
    person = play.finance
    page = person.go("bank/")
    if play.on_phone:
        page.locator("#reconcile-lines a", has_text=play.client).click()
    expect(page.locator("#match button[data-hotkey=Enter]")).to_be_visible()
    post(play)
    see_paid(play)
    play.picture(person, "paid")


def figures_follow(play: Play) -> None:
    """Every home shows the deal; each figure opens rows that make exactly it."""
    deposit, rest = play.total * 3 / 10, play.total * 7 / 10
    for person, label, amount in (
        (play.finance, "Collected this month", deposit),
        (play.finance, "Still to collect", rest),
        (play.manager, "Orders this month", play.total),
        (play.rep, "Open pipeline", Decimal("250000.00")),
    ):
        person.go()
        value = tile(person, label)
        assert exact(value) == amount
        value.click()
        expect(person.page.locator(".tz-table tbody tr").first).to_be_visible()
        assert amount in sums_of(person.page)
    for person in (play.rep, play.manager, play.finance):
        person.go()
        play.picture(person, "home")


def sums_of(page: Page) -> list[Decimal]:
    """The sum of each column of money of the list."""
    sums: dict[int, Decimal] = {}
    for row in page.locator(".tz-table tbody tr").all():
        for place, cell in enumerate(row.locator("td").all()):
            if cell.locator(".tz-money").count():
                sums[place] = sums.get(place, Decimal(0)) + amount_in(cell.inner_text())
    return list(sums.values())


def amount_in(text: str) -> Decimal:
    """¥1,234.00, or −¥1,234.00 for what was taken back."""
    amount = Decimal(re.sub(r"[^\d.]", "", text))
    return -amount if "−" in text else amount


def exact(value: Locator) -> Decimal:
    """A tile's amount to the cent, as its title says it."""
    expect(value).to_be_visible()
    title = value.locator("[title]").first.get_attribute("title") or ""
    return amount_in(title)


def counts_agree(person: Person) -> int:
    """Every figure of the home page that is a count opens a list of as many rows."""
    page = person.go()
    tiles = page.locator(".tz-tile")
    expect(tiles.first).to_be_visible()
    found = []
    for one in tiles.all():
        if not one.locator(".tz-tile-value [title]").count():
            found.append((str(one.get_attribute("href")), number_in(one.locator(".tz-tile-value"))))
    for address, number in found:
        page.goto(f"{person.home.rsplit('/', 1)[0]}{address}")
        total = page.locator("[data-total]").get_attribute("data-total") or ""
        assert int(re.sub(r"\D", "", total)) == number, address
    return len(found)
