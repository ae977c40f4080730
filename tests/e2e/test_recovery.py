"""What breaks comes back: streams, sessions, double presses, two people at one record."""

import re

from playwright.sync_api import Route

from tests.e2e.people import Company, Person, expect
from tests.e2e.servers import Installation

UNREACHABLE = r"ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_ABORTED"


# A page that cannot reach its server asks ever more seldom, at most every 39 seconds.
LONGEST_PAUSE_MS = 120_000


def arrive(installation: Installation, company: str) -> None:
    """A lead comes in by itself and a worker gives it to the only rep of the North."""
    assert installation.run("arrive", slug="harbour", company=company, province="11")


def open_leads(person: Person) -> None:
    person.go("leads/")
    expect(person.page.locator("html")).to_have_attribute("data-live", "on")


def test_a_page_that_lost_the_server_catches_up_by_itself(
    harbour: Company, installation: Installation
) -> None:
    rep = harbour.enter("northerner")
    rep.tolerate(UNREACHABLE)
    open_leads(rep)
    installation.stop("web")
    arrive(installation, "北京重连自动化有限公司")
    expect(rep.page.locator("html")).to_have_attribute("data-live", "lost")
    installation.start("web")
    installation.wait_for_web()

    live = expect(rep.page.locator("html"))
    live.to_have_attribute("data-live", "on", timeout=LONGEST_PAUSE_MS)
    expect(rep.page.locator("#table-leads")).to_contain_text("北京重连自动化有限公司")


def test_what_happens_while_a_page_is_on_its_way_is_not_missed(
    harbour: Company, installation: Installation
) -> None:
    rep = harbour.enter("northerner")
    page, table = rep.page, rep.page.locator("#table-leads")
    script, held = re.compile(r"/js/live\."), list[Route]()
    page.route(script, lambda route: held.append(route))  # noqa: PLW0108
    page.goto(f"{rep.home}/leads/", wait_until="commit")
    expect(table).to_be_visible()
    arrive(installation, "北京迟到自动化有限公司")
    held[0].continue_()
    page.unroute(script)

    expect(table).to_contain_text("北京迟到自动化有限公司")


def test_two_presses_make_one_lead(harbour: Company) -> None:
    rep = harbour.enter("agent")
    page = rep.go("leads/new/")
    rep.field("Company").fill("上海双击科技有限公司")
    page.get_by_role("button", name=rep.say("Add lead")).dblclick()
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    rep.go("leads/?q=上海双击")
    expect(page.locator("#table-leads tbody tr")).to_have_count(1)


def test_two_people_at_one_record_see_both_versions(harbour: Company) -> None:
    rep, manager = harbour.enter("agent"), harbour.enter("manager")
    path = new_lead(rep, "上海同改机电有限公司")
    for person in (rep, manager):
        person.go(f"{path}edit/")
    save_city(rep, "上海")
    expect(rep.page).to_have_url(re.compile(rf"{path}$"))
    save_city(manager, "昆山")

    alert = manager.page.locator(".tz-alert.tz-red")
    expect(alert).to_be_visible()
    expect(manager.page.locator("#field-city")).to_contain_text("上海")
    expect(manager.field("City")).to_have_value("昆山")
    manager.press("Save")
    expect(manager.page).to_have_url(re.compile(rf"{path}$"))
    expect(manager.page.locator(".tz-record-facts")).to_contain_text("昆山")


def new_lead(person: Person, company: str) -> str:
    """A lead of this person's; where it is."""
    page = person.go("leads/new/")
    person.field("Company").fill(company)
    person.press("Add lead")
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    return page.url.removeprefix(f"{person.home}/")


def save_city(person: Person, city: str) -> None:
    person.field("City").fill(city)
    person.press("Save")


def test_a_session_that_ran_out_leads_to_the_door_and_not_into_a_fragment(
    harbour: Company, installation: Installation
) -> None:
    service = harbour.enter("colleague")
    path = new_lead(service, "上海过期电气有限公司")
    harbour.theatre.known_sessions.pop(service.name)
    assert installation.run("end_sessions", email=service.name)
    form = service.page.locator("form.tz-follow-up")
    service.field("What was said", within=form).fill("写到一半。")
    form.locator("button[type=submit]").click()

    expect(service.page.locator("input[name=password]")).to_be_visible()
    expect(service.page.locator(".tz-side")).to_have_count(0)
    again = harbour.enter("colleague")
    again.go(path)
    expect(again.page.locator(".tz-record-name")).to_contain_text("上海过期电气有限公司")
