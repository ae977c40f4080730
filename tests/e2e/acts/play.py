"""Who takes part in the journey, and what they come to know on the way."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Locator, Page

from crm.web import formats
from tests.e2e.people import PHONE, Company, Person, expect

SIZES = {"zh-hans": "desktop", "en": "phone"}


@dataclass
class Play:
    """One company's people, and one deal's papers."""

    company: Company
    lead_path: str = ""
    client: str = ""
    deal: str = ""
    deal_path: str = ""
    order_path: str = ""
    order_number: str = ""
    contract: str = "HT-2026-0118"
    total: Decimal = Decimal(0)
    pictures: list[str] = field(default_factory=list)

    @property
    def on_phone(self) -> bool:
        return self.company.device is PHONE

    @cached_property
    def marketing(self) -> Person:
        return self.company.enter("marketing")

    @cached_property
    def rep(self) -> Person:
        return self.company.enter("agent")

    @cached_property
    def manager(self) -> Person:
        return self.company.enter("manager")

    @cached_property
    def finance(self) -> Person:
        return self.company.enter("finance")

    def picture(self, person: Person, name: str) -> None:
        """Keep what is seen now, to be looked at."""
        folder = self.company.theatre.installation.home / "pictures" / self.company.slug
        self.pictures.append(name)
        person.picture(folder / f"{len(self.pictures):02d}-{name}.png")


def money(amount: Decimal) -> str:
    """As the pages write it."""
    return formats.money(amount)


def path_of(page: Page, home: str) -> str:
    """Where the person is, without the organisation's address."""
    return page.url.split("?")[0].removeprefix(f"{home}/")


def number_in(place: Locator) -> int:
    """The first number that can be read there."""
    expect(place).to_have_text(re.compile(r"\d"))
    found = re.search(r"[\d,]+", place.inner_text())
    assert found is not None
    return int(found[0].replace(",", ""))


def download(person: Person, link: Locator) -> bytes:
    """What a download link gives."""
    with person.page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path()).read_bytes()
