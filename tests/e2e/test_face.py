"""What the scripts promise, on the gallery: frames, drafts, lists, keys, boards, looks."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.people import DESKTOP, PHONE, Company, Person, Theatre, expect

LISTED = "#table-gallery tbody tr"
DRAWER, MODAL = "#tz-drawer[open]", "#tz-modal[open]"


@pytest.fixture
def owner(harbour: Company) -> Person:
    person = harbour.enter("owner")
    person.go("gallery/")
    return person


def new_lead(page: Page) -> None:
    """Open the form at the side by its key."""
    page.locator("body").press("n")
    expect(page.locator(f"{DRAWER} form")).to_be_visible()


def test_what_opens_at_the_side_out_of_a_modal_is_not_hidden_by_it(owner: Person) -> None:
    page = owner.page
    page.locator("main a[data-modal]").first.click()
    expect(page.locator(f"{MODAL} form")).to_be_visible()
    record = page.locator("main a[data-drawer]").first.get_attribute("href")
    page.evaluate(
        "(url) => document.querySelector('#tz-modal form').insertAdjacentHTML("
        "'beforebegin', `<a id=way-on data-drawer href=${url}>on</a>`)",
        record,
    )
    page.locator("#way-on").click()
    expect(page.locator(f"{DRAWER} form")).to_be_visible()
    expect(page.locator(MODAL)).to_have_count(0)


def test_a_request_given_up_for_a_newer_one_is_no_error(owner: Person) -> None:
    page, said = owner.page, []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(
        "() => { const terms = {source: document.body, swap: 'none'};"
        " htmx.ajax('GET', location.href, terms).catch(() => {});"
        " htmx.trigger(document.body, 'htmx:abort'); console.info('given up'); }"
    )
    expect(page.locator("body")).to_be_visible()
    page.wait_for_timeout(200)
    assert said == ["given up"]


def test_a_form_in_the_drawer_speaks_asks_and_says_done(owner: Person) -> None:
    page = owner.page
    new_lead(page)
    page.locator(f"{DRAWER} [type=submit]").click()
    expect(page.locator(f"{DRAWER} .is-invalid")).to_have_count(2)
    page.locator(f"{DRAWER} [name=company]").fill("苏州同光")
    page.keyboard.press("Escape")
    owner.see(owner.say("You have changes that are not saved."))
    owner.press("Keep editing")
    page.locator(f"{DRAWER} [name=amount]").fill("1.5万")
    page.locator(f"{DRAWER} .tz-pick input").fill("王")
    page.keyboard.press("Enter")
    expect(page.locator(f"{DRAWER} .tz-pick input")).to_have_value("王磊")
    page.keyboard.press("Control+Enter")
    owner.toast(owner.say("Lead added."))
    expect(page.locator(DRAWER)).to_have_count(0)
    owner.press("Undo", within=page.locator("#tz-toasts"))
    owner.toast(owner.say("12 leads assigned."))


def test_a_draft_survives_a_reload_and_can_be_dropped(owner: Person) -> None:
    page = owner.page
    new_lead(page)
    note = page.locator(f"{DRAWER} [name=note]")
    note.press_sequentially("half a thought")
    expect(page.locator(f"{DRAWER} form[data-kept]")).to_be_visible()
    page.reload()
    new_lead(page)
    expect(note).to_have_value("half a thought")
    owner.press("Discard draft")
    expect(note).to_have_value("")


def test_a_list_sorts_pages_finds_filters_and_goes_back(owner: Person) -> None:
    page = owner.page
    page.locator("th.tz-col-name a").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"sort=sort_key"))
    page.locator("a[rel=next]").click()
    expect(page).to_have_url(re.compile(r"after="))
    expect(page.locator(LISTED)).to_have_count(1)
    page.locator("a[rel=prev]").click()
    expect(page.locator(LISTED)).to_have_count(8)
    page.go_back()
    expect(page.locator(LISTED)).to_have_count(1)
    owner.go("gallery/")
    page.locator(".tz-find input").press_sequentially("王")
    expect(page.locator(LISTED)).to_have_count(1)
    expect(page.locator(".tz-find input")).to_be_focused()
    owner.press("Clear all")
    owner.press("Filter")
    page.locator(".tz-filters select[name=is_receiving_leads]").select_option("no")
    owner.press("Show")
    owner.see(owner.say("No rows match these conditions."))


def test_ticks_select_a_range_and_everything(owner: Person) -> None:
    page = owner.page
    ticks = page.locator(f"{LISTED} input[name=ids]")
    ticks.nth(0).click()
    ticks.nth(3).click(modifiers=["Shift"])
    owner.see("4 selected")
    page.locator("[data-tick-all]").click()
    page.locator("[data-pick-all]").click()
    owner.see("9 selected")
    owner.press("Hand over")
    expect(page.locator(f"{MODAL} input[name=all]")).to_have_value("1")


def test_keys_open_rows_search_and_help(owner: Person) -> None:
    page = owner.page
    body = page.locator("body")
    body.press("j")
    body.press("j")
    body.press("Enter")
    expect(page.locator(f"{DRAWER} .tz-record")).to_be_visible()
    page.go_back()
    expect(page.locator(DRAWER)).to_have_count(0)
    body.press("Enter")
    expect(page.locator(f"{DRAWER} .tz-record")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(DRAWER)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/gallery/$"))
    page.wait_for_function("!history.state?.frame")
    page.keyboard.press("/")
    page.keyboard.type("Tasks")
    expect(page.locator("#tz-palette .is-on")).to_contain_text("Tasks")
    page.keyboard.press("Escape")
    expect(page.locator("#tz-palette[open]")).to_have_count(0)
    page.wait_for_function("!history.state?.frame")
    page.keyboard.press("?")
    expect(page.locator("#tz-help[open]")).to_be_visible()


def test_a_card_moves_by_mouse_and_is_refused_by_keys(owner: Person) -> None:
    page = owner.page
    card = page.locator("[data-lane=qualify] [data-card]").first
    card.scroll_into_view_if_needed()
    expect(page.locator("[data-lane=qualify][data-ready=sorting]")).to_be_visible()
    card.drag_to(page.locator("[data-lane=propose]"), source_position={"x": 60, "y": 50})
    expect(page.locator("[data-lane=propose] [data-card]")).to_have_count(3)
    owner.toast("Moved to Propose.")
    stubborn = page.locator("[data-lane=negotiate] [data-card]").first
    for key in ("m", "ArrowRight", "Enter"):
        stubborn.press(key) if key == "m" else page.keyboard.press(key)
    owner.toast(owner.say("A deal is won by its order, not by hand."))
    expect(page.locator("[data-lane=negotiate] [data-card]")).to_have_count(3)


def test_news_wait_to_be_shown(owner: Person) -> None:
    page = owner.page
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    page.evaluate("['1', '2'].forEach((lead) => window.tz.emit('tz:lead-assigned', { lead }))")
    bar = page.locator(".tz-live-bar")
    expect(bar).to_have_text("2 new leads")
    bar.click()
    expect(bar).to_be_hidden()


def test_a_lost_connection_is_said_and_nothing_is_lost(owner: Person) -> None:
    owner.tolerate("ERR_INTERNET_DISCONNECTED|htmx:|Failed to fetch")
    page = owner.page
    owner.page.context.set_offline(True)
    page.locator("button[hx-post$='toast/']").first.click()
    owner.toast(owner.say("No connection. What you typed is kept; try again in a moment."))
    owner.page.context.set_offline(False)


def test_the_look_is_the_persons(owner: Person) -> None:
    page = owner.page
    for theme in ("dark", "auto"):
        page.locator(".tz-me").click()
        page.locator(f"button[name=theme][value={theme}]").click()
        expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)
    page.locator("body").press("[")
    page.reload()
    expect(page.locator("html.tz-folded")).to_have_count(1)


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_gallery_fits_its_window(theatre: Theatre, device: dict[str, Any]) -> None:
    person = theatre.company("harbour", language="en", device=device).enter("owner")
    for path in ("gallery/", "gallery/record/", "gallery/form/", "preferences/"):
        person.go(path)
        assert person.overflow() == 0, path


def test_a_page_is_printed_across_its_paper_without_the_frame(owner: Person) -> None:
    page = owner.page
    page.emulate_media(media="print")
    main = page.locator("#main")
    width = page.evaluate("document.documentElement.clientWidth")
    assert main.bounding_box()["width"] == width
    for frame in (".tz-side", ".tz-top", ".tz-skip"):
        expect(page.locator(frame).first).to_be_hidden()
    # what a page itself keeps off its paper
    button = page.locator("#main .btn").first
    button.evaluate("node => node.classList.add('tz-no-print')")
    expect(button).to_be_hidden()
