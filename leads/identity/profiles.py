"""A record with every field in its one spelling: what keys and comparisons are made of."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from leads.identity.births import birth_dates, born_in, citizen_number
from leads.identity.companies import parse_company_name
from leads.identity.contacts import (
    address_domain,
    email_domain,
    in_its_script,
    mobile_in,
    normalise_credit_code,
    normalise_emails,
    normalise_wechat,
)
from leads.identity.phones import normalise_phone, normalise_phones
from leads.identity.regions import region_of
from leads.identity.text import normalise_name
from leads.identity.types import CompanyName, Identity
from leads.identity.words import words

_NOBODY = words("persons", "not_people")
_REMARK = re.compile(r"\([^()]*\)?|[()]")  # 张三（采购）
_FIRST_PERSON = re.compile(
    r"(?<=[\u4e00-\u9fff])\s*(?:[/、,，;；|]|\+?[0-9][0-9\s-]{6,}|[-—–]+\s*[\u4e00-\u9fff]{1,4}[部科处室组]$)"
)
_FIGURES = 8  # of a number, all alike in one that stands for none: 13800000000
_LONGEST_PERSON = 80
_ONE_PHONE = 17  # characters: what is longer may be two
_NOTHING: frozenset[str] = frozenset()


class Profile(NamedTuple):
    """The normalised fields of one record; what was not valid is left out."""

    names: tuple[CompanyName, ...] = ()
    person: str = ""
    phones: frozenset[str] = _NOTHING
    emails: frozenset[str] = _NOTHING
    domains: frozenset[str] = _NOTHING
    credit_code: str | None = None
    wechat: str | None = None
    extensions: frozenset[str] = _NOTHING
    address: str = ""
    town: str = ""  # of a person without a company
    born: frozenset[str] = _NOTHING
    citizen: str = ""


_NAMELESS = Profile()


def tells_names_only(profile: Profile) -> bool:
    """Whether nothing but company names is known, as while somebody types one."""
    return profile._replace(names=()) == _NAMELESS


def profile_of(record: Identity) -> Profile:
    """Normalise a record once. Phones lose their extension: colleagues share the switchboard."""
    emails = _valid(map(in_its_script, chain.from_iterable(map(normalise_emails, record.emails))))
    domains = {domain for email in emails if (domain := address_domain(email))}
    if record.website and (domain := email_domain(record.website)):
        domains.add(domain)
    phones = _phones(record.phones) if record.phones else _NOTHING
    if emails and (mobiles := _valid(map(mobile_in, emails))):
        phones |= mobiles
    extended = any(";" in phone for phone in phones)
    citizen = citizen_number(record.citizen_number) if record.citizen_number else ""
    return Profile(
        names=names_of(record),
        person=_person(record.person) if record.person else "",
        phones=_without_extensions(phones) if extended else phones,
        emails=emails,
        domains=frozenset(domains) if domains else _NOTHING,
        credit_code=normalise_credit_code(record.credit_code) if record.credit_code else None,
        wechat=normalise_wechat(record.wechat) if record.wechat else None,
        extensions=phones if extended else _NOTHING,
        address=record.address,
        town=_town(record) if record.person and record.region and not record.company else "",
        born=_born(record.birth_date, citizen) if record.birth_date or citizen else _NOTHING,
        citizen=citizen,
    )


def names_of(record: Identity) -> tuple[CompanyName, ...]:
    """The names of a record, taken apart: all that one who tells only a name is compared with."""
    return _one_name(record) or tuple(_names(record))


def _person(text: str) -> str:
    """A person's name without remarks; 采购部 and 先生 are nobody's."""
    name = normalise_name(_FIRST_PERSON.split(text[:_LONGEST_PERSON].strip(), maxsplit=1)[0])
    if "(" in name:
        name = " ".join(_REMARK.sub(" ", name).split()) or name
    return "" if name in _NOBODY else name


def _born(text: str, citizen: str) -> frozenset[str]:
    """The birth date a record tells, or else its identity number does."""
    return birth_dates(text) or (born_in(citizen) if citizen else _NOTHING)


def _town(record: Identity) -> str:
    """Where a person lives, in one spelling."""
    return normalise_name(record.region[:_LONGEST_PERSON])


def _one_name(record: Identity) -> tuple[CompanyName, ...]:
    """The usual case, a name and nothing to add to it; nothing when there is more to it."""
    if record.aliases or record.region or record.address or not record.company:
        return ()
    parsed = parse_company_name(record.company)
    return (parsed,) if parsed.text and not parsed.former else ()


def _names(record: Identity) -> Iterator[CompanyName]:
    for name in (record.company, *record.aliases):
        if name and (parsed := parse_company_name(name)).text:
            yield _placed(parsed, record)
            if parsed.former:
                yield _placed(parse_company_name(parsed.former), record)


def _placed(name: CompanyName, record: Identity) -> CompanyName:
    """A name without a place borrows the province of its record."""
    if name.province:
        return name
    where = record.region or record.address
    hint = region_of(where) if where else None
    return name._replace(province_hint=hint) if hint else name


def _without_extensions(phones: frozenset[str]) -> frozenset[str]:
    return frozenset(phone.partition(";")[0] for phone in phones)


def _phones(texts: tuple[str, ...]) -> frozenset[str]:
    """The numbers of all cells; a cell as a rule has one, and then no more is asked."""
    found: set[str] = set()
    for text in texts:
        if one := one_phone(text):
            found.add(one)
        elif text:
            found.update(phone for phone in normalise_phones(text) if not _is_stand_in(phone))
    return frozenset(found) or _NOTHING


def one_phone(text: str) -> str | None:
    """The number of a cell that is short enough to hold no more than one, if it does."""
    phone = normalise_phone(text) if len(text) <= _ONE_PHONE and "/" not in text else None
    return None if phone and phone[-1] == phone[-2] and _is_stand_in(phone) else phone


def _is_stand_in(phone: str) -> bool:
    """13800000000, 13888888888: typed where no number is known."""
    return phone.endswith(phone[-1] * _FIGURES)


def _valid(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(text for text in texts if text) or _NOTHING
