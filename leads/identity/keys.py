"""Blocking keys: what two records must share before they are worth comparing."""

from leads.identity.companies import parse_company_name
from leads.identity.profiles import Profile, profile_of
from leads.identity.types import CompanyName, Identity, Key


def match_keys(record: Identity) -> set[Key]:
    """All blocking keys of a record: exact ones (phone, credit code…) and those of its names."""
    return profile_keys(profile_of(record))


def profile_keys(profile: Profile) -> set[Key]:
    """The keys of a record that is normalised already."""
    keys = {Key("phone", phone) for phone in profile.phones}
    keys.update(Key("email", email) for email in profile.emails)
    keys.update(Key("domain", domain) for domain in profile.domains)
    if profile.credit_code:
        keys.add(Key("credit", profile.credit_code))
    if profile.wechat:
        keys.add(Key("wechat", profile.wechat))
    for name in profile.names:
        keys.update(_parsed_keys(name))
    return keys


def name_keys(name: str) -> tuple[Key, ...]:
    """Keys of one company name: whole without legal form, brand with province, brand alone."""
    return _parsed_keys(parse_company_name(name))


def _parsed_keys(name: CompanyName) -> tuple[Key, ...]:
    if not name.brand:
        return ()
    whole = Key("name", name.canonical)
    if name.is_generic:
        return (whole,)
    brand = Key("brand", name.brand)
    province = name.province or name.province_hint
    if not province:
        return (whole, brand)
    return (whole, brand, Key("brand_region", f"{name.brand}|{province}"))
