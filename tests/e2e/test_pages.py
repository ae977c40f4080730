"""Every role's pages, in both languages, wide and narrow: whole, quiet and in their frame."""

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.acts.cash import counts_agree
from tests.e2e.people import Person, Theatre, expect
from tests.e2e.servers import eventually

ROLES = ("rep", "manager", "finance", "legal", "marketing", "service", "admin")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LANGUAGES = {"zh-hans": "中", "en": "EN"}
# What a template says when it does not know what to say.
BABBLE = re.compile(r"\{\{|\{%|%\([a-z_]+\)s|\bNone\b|<lazy|gettext")


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_a_role(theatre: Theatre, role: str) -> None:
    person = theatre.enter(f"{role}@demo.test", slug="demo", language="zh-hans")
    person.go()
    assert counts_agree(person) >= 1
    person.go()
    pages = places(person.page)
    for language in LANGUAGES:
        speak(person, language)
        visit(person, [*pages, *(records(person, pages) if language == "zh-hans" else [])])


def places(page: Page) -> list[str]:
    """Home and everything in the navigation."""
    links = page.locator(".tz-nav a").all()
    return [str(link.get_attribute("href")) for link in links]


def records(person: Person, pages: list[str]) -> list[str]:
    """The first record of every list."""
    found = []
    for address in pages:
        person.page.goto(at(person, address))
        link = person.page.locator("main a.tz-row-link, main .tz-cardlet-title").first
        if link.count():
            found.append(str(link.get_attribute("href")))
    return found


def at(person: Person, address: str) -> str:
    return f"{person.home.rsplit('/', 1)[0]}{address}"


def speak(person: Person, language: str) -> None:
    """Choose the language in the menu of one's own name."""
    person.language = language
    person.page.set_viewport_size(WIDE)
    person.go()
    person.page.locator(".tz-me").click()
    person.page.locator(f".tz-menu-look button[value={language}]").click()
    tag = {"zh-hans": "zh-Hans"}.get(language, language)
    expect(person.page.locator("html")).to_have_attribute("lang", tag)
    expect(person.page.get_by_role("heading", name=person.say("Today"), level=1)).to_be_visible()


def visit(person: Person, addresses: list[str]) -> None:
    """Look at each page in both widths; nothing sticks out and nobody babbles."""
    for address in addresses:
        page = person.page
        page.set_viewport_size(WIDE)
        answer = page.goto(at(person, address))
        assert answer is not None
        assert answer.status == 200, address
        text = page.locator("main").inner_text()
        assert not BABBLE.search(text), f"{address}: {text}"
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            assert eventually(lambda: person.overflow() <= 0, seconds=15), (
                f"{address} is {person.overflow()} too wide at {size['width']}"  # noqa: B023
            )
