"""Invented companies, people, phones: the same ones for the same seed."""

import random
from dataclasses import dataclass

from stdnum.cn import uscc

from crm.places import SHORT_NAMES
from reports.demo import words

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MOBILE_HEADS = ("135", "136", "137", "138", "139", "150", "151", "158", "159", "186", "188", "189")


@dataclass(frozen=True)
class Company:
    """A company that does not exist."""

    name: str
    province: str
    city: str
    industry: str
    address: str
    credit_code: str
    contact: str
    title: str
    phone: str
    email: str


class Inventor:
    """Draws from one random source, so that a seed always invents the same world."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.taken: set[str] = set()

    def person(self) -> str:
        return self.random.choice(words.SURNAMES) + self.random.choice(words.GIVEN)

    def mobile(self) -> str:
        return self.random.choice(MOBILE_HEADS) + f"{self.random.randrange(10**8):08d}"

    def brand(self) -> str:
        """A 字号 of two or three characters that no company of this world has yet."""
        while True:
            brand = self.random.choice(words.BRAND_FIRST) + self.random.choice(words.BRAND_SECOND)
            if self.random.random() < 0.45:
                brand += self.random.choice(words.BRAND_SECOND)
            if brand not in self.taken and len(set(brand)) == len(brand):
                self.taken.add(brand)
                return brand

    def credit_code(self, province: str) -> str:
        body = f"91{province}0100" + "MA" + "".join(self.random.choices(USCC_ALPHABET, k=7))
        return body + str(uscc.calc_check_digit(body))

    def company(self) -> Company:
        """A company with a person to talk to."""
        province = self.random.choices(list(words.WEIGHTS), list(words.WEIGHTS.values()))[0]
        city = self.random.choice(words.CITIES[province])
        industry = self.random.choice(list(words.TRADES))
        trade, form = self.random.choice(words.TRADES[industry]), self.random.choice(words.FORMS)
        brand = self.brand()
        name = f"{city}{brand}{trade}{form}"
        if self.random.random() < 0.12:
            name = f"{brand}{trade}（{city}）{form}"
        street = f"{self.random.choice(words.STREETS)}{self.random.randrange(1, 300)}号"
        domain = f"{city_code(city)}{self.random.randrange(9999)}.example"
        mail = f"sales{self.random.randrange(10**6):06d}@{domain}"
        return Company(
            name=name,
            province=province,
            city=city,
            industry=industry,
            address=f"{SHORT_NAMES[province].removesuffix(city)}{city}{street}",
            credit_code=self.credit_code(province),
            contact=self.person(),
            title=self.random.choice(words.TITLES),
            phone=self.mobile(),
            email=mail,
        )


def city_code(city: str) -> str:
    """A few letters that stand for the city in an invented domain."""
    return "".join(f"{ord(character) % 97:02d}" for character in city)
