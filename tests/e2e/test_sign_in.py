"""A passkey is made and signs in, by the browser's own authenticator; a session ends from afar."""

import re

from playwright.sync_api import Page

from tests.e2e.people import Person, Theatre, expect, sign_in
from tests.support.cast import PASSWORD

FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_localhost(theatre: Theatre) -> Person:
    """Passkeys belong to a name: by its number this machine has none."""
    person = theatre.stranger(slug="harbour", language="en")
    person.home = person.home.replace("127.0.0.1", "localhost")
    return person


def give_finger(person: Person) -> None:
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})


def account(person: Person, path: str) -> Page:
    person.page.goto(f"{person.home.removesuffix('/harbour')}/accounts/{path}")
    return person.page


def test_a_passkey_is_made_and_signs_in(theatre: Theatre) -> None:
    rep = at_localhost(theatre)
    give_finger(rep)
    sign_in(rep, "legal@harbour.test")
    page = account(rep, "2fa/webauthn/add/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator(".tz-codes code")).to_have_count(10)

    rep.context.clear_cookies()
    page = account(rep, "login/")
    page.locator("#passkey_login").click()
    expect(page).to_have_url(re.compile(r"/harbour/$"))

    account(rep, "2fa/webauthn/")
    rep.press("Remove")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    rep.press("Remove it")
    expect(page.get_by_text(rep.say("No passkey yet."))).to_be_visible()


def test_a_session_ended_from_afar_is_dead_with_its_open_stream(theatre: Theatre) -> None:
    here, there = at_localhost(theatre), at_localhost(theatre)
    for browser in (here, there):
        sign_in(browser, "service@harbour.test")
    there.tolerate(r"live|Failed|30\d|40\d")
    ended = there.page.evaluate_handle(
        "() => { const stream = new EventSource(location.pathname + 'live/');"
        " return new Promise(ready => stream.addEventListener('ready', () => ready("
        "{ end: new Promise(over => { stream.onerror = () => over(true); }) }))); }"
    )
    account(here, "sessions/")
    here.press("Sign out everywhere else")
    assert there.page.evaluate("ended => ended.end", ended) is True
    there.go("leads/")
    expect(there.page.locator("input[name=login]")).to_be_visible()
