"""Blocking keys: what two records must share before they are worth comparing."""

from leads.identity.companies import parse_company_name
from leads.identity.contacts import (
    email_domain,
    normalise_credit_code,
    normalise_email,
    normalise_wechat,
)
from leads.identity.phones import normalise_phone
from leads.identity.types import Identity, Key


def match_keys(record: Identity) -> set[Key]:
    """All blocking keys of a record: exact ones (phone, credit code…) and those of its names."""
    keys: set[Key] = set()
    for phone in record.phones:
        if number := phone and normalise_phone(phone):
            keys.add(Key("phone", number.partition(";")[0]))
    for email in record.emails:
        if address := email and normalise_email(email):
            keys.add(Key("email", address))
            if domain := email_domain(address):
                keys.add(Key("domain", domain))
    if record.credit_code and (code := normalise_credit_code(record.credit_code)):
        keys.add(Key("credit", code))
    if record.website and (domain := email_domain(record.website)):
        keys.add(Key("domain", domain))
    if record.wechat and (account := normalise_wechat(record.wechat)):
        keys.add(Key("wechat", account))
    for name in (record.company, *record.aliases):
        if name:
            keys.update(name_keys(name))
    return keys


def name_keys(name: str) -> tuple[Key, ...]:
    """Keys of one company name: whole without legal form, brand with province, brand alone."""
    parsed = parse_company_name(name)
    if not parsed.brand:
        return ()
    whole = Key("name", parsed.canonical)
    if parsed.is_generic:
        return (whole,)
    brand = Key("brand", parsed.brand)
    if not parsed.province:
        return (whole, brand)
    return (whole, brand, Key("brand_region", f"{parsed.brand}|{parsed.province}"))
