"""Hands on the keyboard, and no script at all."""

import re

from tests.e2e.people import Company, Theatre, expect, sign_in


def test_the_keys_work_and_leave_typing_alone(harbour: Company) -> None:
    rep = harbour.enter("agent")
    page = rep.go("leads/")
    palette, keys = page.locator("#tz-palette"), page.keyboard
    keys.press("/")
    expect(palette).to_be_visible()
    expect(page.locator("#tz-palette-input")).to_be_focused()
    keys.press("Escape")
    expect(palette).to_be_hidden()

    keys.press("Control+k")
    expect(palette).to_be_visible()
    keys.type(rep.say("Orders"))
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/$"))

    keys.press("?")
    help_dialog = page.locator("#tz-help")
    expect(help_dialog).to_be_visible()
    keys.press("Escape")
    expect(help_dialog).to_be_hidden()

    keys.press("c")
    expect(page.get_by_role("link", name=rep.say("Lead"), exact=True)).to_be_focused()
    keys.press("Enter")
    drawer = page.locator("#tz-drawer")
    expect(drawer.locator("input[name=company_name]")).to_be_focused()
    keys.type("c/?")
    expect(drawer.locator("input[name=company_name]")).to_have_value("c/?")


def test_everything_starts_as_a_plain_form(theatre: Theatre) -> None:
    rep = theatre.stranger(slug="harbour", language="en", java_script_enabled=False)
    sign_in(rep, "agent@harbour.test")
    page = rep.go("leads/")
    page.locator("main").get_by_role("link", name=rep.say("New lead")).click()
    rep.field("Company").fill("上海无脚本仪器有限公司")
    rep.press("Add lead")
    expect(page).to_have_url(re.compile(r"/leads/\d+/$"))
    expect(page.locator("main h1")).to_contain_text("上海无脚本仪器有限公司")
    expect(page.get_by_text(rep.say("Lead added."))).to_be_visible()

    form = page.locator("form.tz-follow-up")
    form.locator("textarea[name=content]").fill("电话里说下周见。")
    form.locator("button[type=submit]").click()
    expect(page.locator(".tz-timeline")).to_contain_text("电话里说下周见。")
