"""Act one: marketing brings a lead file; a worker hands the leads to reps."""

import re

from tests.e2e.acts.play import Play, download, number_in
from tests.e2e.people import Person, expect

HEADER = ("单位名称", "联系人", "手机", "邮箱", "省份", "备注", "展位登记")
ROWS = (
    ("苏州同光精密机械有限公司", "李敏", "13812340001", "li@tg.cn", "江苏", "整线改造", "A12"),
    ("杭州云帆自动化设备有限公司", "陈杰", "13812340002", "chen@yf.cn", "浙江", "询价", "A13"),
    ("上海启明光电技术有限公司", "赵敏", "13812340003", "zhao@qm.cn", "上海", "要样机", "A14"),
    ("南京博锐数控机床有限公司", "孙浩", "13812340004", "sun@br.cn", "江苏", "约演示", "A15"),
    ("苏州同光精密机械有限公司", "李敏", "13812340001", "li@tg.cn", "江苏", "再次登记", "B02"),
    ("宁波鼎新模具制造有限公司", "周强", "1381234", "zhou@dx.cn", "浙江", "电话缺位", "B03"),
    ("无锡恒泰精密机械有限公司", "沈国栋", "13862001234", "", "江苏", "老客户", "B04"),
)  # fmt: skip
NEW = 4


def lead_file() -> bytes:
    """As the exhibition's registration desk exports it."""
    lines = [",".join(cells) for cells in (HEADER, *ROWS)]
    return ("\r\n".join(lines) + "\r\n").encode("gbk")


def upload(play: Play) -> None:
    """The file is read as it is; the columns are guessed and one is corrected."""
    person = play.marketing
    page = person.go("leads/import/new/")
    file = {"name": "展会线索.csv", "mimeType": "text/csv", "buffer": lead_file()}
    page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    person.press("Read the file")

    expect(chosen(person, "单位名称")).to_have_value("company_name")
    expect(chosen(person, "备注")).to_have_value("need")
    expect(chosen(person, "展位登记")).to_have_value("")
    chosen(person, "展位登记").select_option(label=person.say("Campaign or event"))
    play.picture(person, "columns")
    person.press("Check the rows")


def chosen(person: Person, column: str):  # noqa: ANN201
    """The drop-down of a column of the file."""
    return person.page.get_by_label(column, exact=True)


def look_at_preview(play: Play) -> None:
    """Nothing is imported yet; every row is in one bucket, and each bucket opens its rows."""
    person = play.marketing
    expect(tile(person, "New", "import")).to_contain_text(str(NEW))
    expect(tile(person, "Exact duplicate", "import")).to_contain_text("1")
    expect(tile(person, "Owned by another rep", "import")).to_contain_text("1")
    expect(tile(person, "Faulty", "import")).to_contain_text("1")
    person.see(person.say("Nothing is imported yet."))
    play.picture(person, "preview")

    faulty = person.page.locator("a[download][href*='/error.csv']")
    marked = download(person, faulty).decode("gb18030" if is_gbk(person, faulty) else "utf-8-sig")
    assert "宁波鼎新模具制造有限公司" in marked
    assert person.say("This cannot be a phone number.") in marked
    assert marked.count("\n") == 2


def is_gbk(person: Person, link) -> bool:  # noqa: ANN001
    """Whether the marked file comes back in the encoding of the file that was brought."""
    data = download(person, link)
    return not data.startswith(b"\xef\xbb\xbf")


def tile(person: Person, label: str, context: str = ""):  # noqa: ANN201
    words = re.compile(rf"^\s*{re.escape(person.say(label, context=context))}\s*$")
    label_of = person.page.locator(".tz-tile-label", has_text=words)
    return person.page.locator(".tz-tile", has=label_of).locator(".tz-tile-value")


def run_import(play: Play) -> None:
    """The rep has the list open while a worker imports and assigns."""
    rep, person = play.rep, play.marketing
    rep.go("leads/?owner=me")
    expect(rep.page.locator("html")).to_have_attribute("data-live", "on")

    person.page.locator("form[action$='/start/'] .btn-primary").click()
    expect(tile(person, "Received")).to_have_text(str(len(ROWS)))
    expect(tile(person, "New lead")).to_have_text(str(NEW))
    received, *outcomes = person.page.locator(".tz-tile").all()
    # every row has one outcome, and those that collided say that each is in a case
    counted = sum(number_in(one.locator(".tz-tile-value")) for one in outcomes)
    assert number_in(received.locator(".tz-tile-value")) == counted == len(ROWS)
    in_case = person.page.locator(".tz-tile", has_text=person.say("each in a collision case"))
    assert number_in(in_case.locator(".tz-tile-value")) > 0
    play.picture(person, "result")


def leads_arrive(play: Play) -> None:
    """The rep's open list tells of new leads without being loaded again, and says why this rep."""
    rep = play.rep
    bar = rep.page.locator("[data-live-bar]")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text(rep.say("new leads"))
    play.picture(rep, "new-leads-bar")
    fresh = number_in(bar)
    bar.click()
    rows = rep.page.locator("#table-leads tbody tr")
    expect(rows).to_have_count(fresh)

    link = rows.first.locator("a.tz-row-link").first
    play.client = link.inner_text().strip()
    play.lead_path = str(link.get_attribute("href")).split("/", 2)[2]
    rep.go(play.lead_path)
    why = rep.page.locator("details.tz-turn")
    expect(why).to_be_visible()
    why.locator("summary").click()
    expect(why).to_contain_text(rep.say("Next in line:"))
    play.picture(rep, "why-this-rep")
