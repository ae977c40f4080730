"""People at their browsers, and the words they see."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.utils.translation import gettext, ngettext, override, pgettext
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response
from playwright.sync_api import expect as expect

from tests.e2e.servers import Installation
from tests.support.cast import PASSWORD

PATIENCE_MS = 60_000
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
# A refusal in place is an answer; the browser's own line about its status says nothing more.
ANSWERS = {422}
# htmx reports a request that a newer one replaced as if it were a fault.
REPLACED = re.compile(r"^htmx:(afterRequest|sendAbort),")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """Somebody at a browser, in their language."""

    def __init__(self, context: BrowserContext, *, home: str, language: str, name: str) -> None:
        self.context, self.home, self.language, self.name = context, home, language, name
        self.complaints: list[str] = []
        self.tolerated: list[str] = []
        self.page = self.open_tab()

    def open_tab(self) -> Page:
        """A tab whose faults are noted."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("response", self._look)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type != "error" or REPLACED.match(text) or "Failed to load resource" in text:
            return
        place = message.location
        self._note(f"console: {text} ({place.get('url')}:{place.get('lineNumber')})")

    def _look(self, response: Response) -> None:
        if response.status >= 400 and response.status not in ANSWERS:
            self._note(f"{response.status} {response.request.method} {response.url}")

    def _note(self, fault: str) -> None:
        if not any(re.search(pattern, fault) for pattern in self.tolerated):
            self.complaints.append(f"{self.name} at {self.page.url}: {fault}")

    def tolerate(self, pattern: str) -> None:
        """A fault that the test itself brings about."""
        self.tolerated.append(pattern)

    # Words

    def say(self, text: str, *, context: str = "", **values: Any) -> str:
        """The text as this person's language puts it."""
        with override(self.language):
            words = pgettext(context, text) if context else gettext(text)
        return words % values if values else words

    def count(self, one: str, many: str, number: int) -> str:
        """A sentence with a number in it."""
        with override(self.language):
            return ngettext(one, many, number) % {"count": number, "number": number}

    # Places

    def go(self, path: str = "") -> Page:
        """Open a page of the organisation by its path."""
        self.page.goto(f"{self.home}/{path}")
        return self.page

    def see(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until the text can be read."""
        found = self.page.get_by_text(text).filter(visible=True).first
        expect(found).to_be_visible()
        return found

    def press(self, text: str, *, context: str = "", within: Locator | None = None) -> None:
        """Press the button or follow the link that says this."""
        place = within or self.page
        words = self.say(text, context=context)
        exactly = re.compile(rf"^\s*{re.escape(words)}\s*$")
        button = place.get_by_role("button", name=exactly)
        found = button.or_(place.get_by_role("link", name=exactly)).filter(visible=True).first
        self._open_menu_with(words, place, unless=found)
        found.click()

    @staticmethod
    def _open_menu_with(words: str, place: Page | Locator, *, unless: Locator) -> None:
        """On a phone what is not the chief action of a page lies in a menu at its head."""
        menu = place.locator(".tz-rest").filter(has_text=words).first
        expect(unless.or_(menu).first).to_be_attached()
        if not unless.is_visible() and menu.count():
            menu.locator("[data-bs-toggle]").click()

    def fill(self, label: str, value: str, *, context: str = "") -> None:
        """Type into the field with this label."""
        self.field(label, context=context).fill(value)

    def field(self, label: str, *, context: str = "", within: Locator | None = None) -> Locator:
        place = within or self.page
        words = re.compile(rf"^\s*{re.escape(self.say(label, context=context))}\s*\*?\s*$")
        return place.get_by_label(words).filter(visible=True).first

    def toast(self, text: str) -> None:
        """A short notice says this."""
        expect(self.page.locator("#tz-toasts").get_by_text(text).first).to_be_visible()

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # hiding the caret would leave marks on the inputs, which htmx then copies
        self.page.screenshot(path=path, full_page=True, caret="initial")

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate(OVERFLOW))


@dataclass
class Theatre:
    """Where people come in: each with a browser of their own."""

    FAILED: ClassVar[pytest.StashKey[bool]] = pytest.StashKey()

    installation: Installation
    browser: Browser
    known_sessions: dict[str, Any]
    people: list[Person] = field(default_factory=list)

    def company(self, slug: str, *, language: str, device: dict[str, Any] = DESKTOP) -> "Company":
        return Company(self, slug, language, device)

    def enter(
        self, email: str, *, slug: str, language: str, device: dict[str, Any] = DESKTOP
    ) -> Person:
        """Somebody who has signed in."""
        person = self.stranger(slug=slug, language=language, device=device, known=email)
        person.name = email
        if email not in self.known_sessions:
            sign_in(person, email)
            self.known_sessions[email] = person.context.storage_state()
        return person

    def stranger(
        self,
        *,
        slug: str,
        language: str,
        device: dict[str, Any] = DESKTOP,
        known: str = "",
        **more: Any,
    ) -> Person:
        """Somebody at a browser who has not signed in."""
        context = self.browser.new_context(
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            storage_state=self.known_sessions.get(known),
            **device,
            **more,
        )
        home = f"{self.installation.address}/{slug}"
        person = Person(context, home=home, language=language, name="stranger")
        self.people.append(person)
        return person

    def keep_pictures(self, test: str) -> None:
        """What everybody saw when the test failed, beside the logs."""
        stem = re.sub(r"\W+", "-", test).strip("-")
        for number, person in enumerate(self.people):
            person.picture(self.installation.home / "failed" / f"{stem}-{number}.png")

    def close(self) -> list[str]:
        for person in self.people:
            person.context.close()
        return [fault for person in self.people for fault in person.complaints]


@dataclass(frozen=True)
class Company:
    """One organisation; its people enter by their part, as in tests/support/cast.py."""

    theatre: Theatre
    slug: str
    language: str
    device: dict[str, Any]

    def enter(self, part: str) -> Person:
        email = f"{part}@{self.slug}.test"
        return self.theatre.enter(email, slug=self.slug, language=self.language, device=self.device)


def sign_in(person: Person, email: str) -> None:
    """Through the form, as everybody does."""
    page = person.go()
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("main#main.tz-main")).to_be_visible()
