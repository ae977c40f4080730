"""A record with every field in its one spelling: what keys and comparisons are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from leads.identity.companies import parse_company_name
from leads.identity.contacts import (
    address_domain,
    email_domain,
    normalise_credit_code,
    normalise_email,
    normalise_wechat,
)
from leads.identity.phones import normalise_phone
from leads.identity.regions import region_of
from leads.identity.text import normalise_name
from leads.identity.types import CompanyName, Identity

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Profile:
    """The normalised fields of one record; what was not valid is left out."""

    names: tuple[CompanyName, ...] = ()
    person: str = ""
    phones: frozenset[str] = _NOTHING
    emails: frozenset[str] = _NOTHING
    domains: frozenset[str] = _NOTHING
    credit_code: str | None = None
    wechat: str | None = None


def profile_of(record: Identity) -> Profile:
    """Normalise a record once. Extensions are dropped: colleagues share the switchboard."""
    emails = _valid(map(normalise_email, record.emails))
    domains = {domain for email in emails if (domain := address_domain(email))}
    if record.website and (domain := email_domain(record.website)):
        domains.add(domain)
    return Profile(
        names=tuple(_names(record)),
        person=normalise_name(record.person) if record.person else "",
        phones=_phones(record.phones) if record.phones else _NOTHING,
        emails=emails,
        domains=frozenset(domains) if domains else _NOTHING,
        credit_code=normalise_credit_code(record.credit_code) if record.credit_code else None,
        wechat=normalise_wechat(record.wechat) if record.wechat else None,
    )


def _names(record: Identity) -> Iterator[CompanyName]:
    for name in (record.company, *record.aliases):
        if name and (parsed := parse_company_name(name)).text:
            yield parsed if parsed.province else _with_hint(parsed, record)


def _with_hint(name: CompanyName, record: Identity) -> CompanyName:
    """A name without a place borrows the province of its record."""
    where = record.region or record.address
    hint = region_of(where) if where else None
    return replace(name, province_hint=hint) if hint else name


def _phones(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        number.partition(";")[0] for text in texts if (number := normalise_phone(text))
    )


def _valid(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(text for text in texts if text) or _NOTHING
