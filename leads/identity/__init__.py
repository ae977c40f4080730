"""Engine: who is this? Names, phones, addresses → keys, scores, verdicts and reasons.

Plain Python: no Django, database, clock or network. Everything in and out is frozen.

    compare_company_names(a, b) -> NameMatch(score, verdict, reasons)
    parse_company_name(name)    -> CompanyName(region, brand, industry, legal_form, branch, …)
    match_keys(record)          -> set[Key]; Key(kind, value), .hash64 (signed bigint), .is_strong
    compare(a, b)               -> IdentityMatch(score, verdict, reasons)
    find_duplicates(records)    -> Iterator[DuplicatePair(left, right, match)]

Many records? Normalise each once: `profile_of(record)`, then `profile_keys`, `compare_profiles`.

`verdict` is "same" (stop), "probable" (warn) or "different". A `Reason` is a code of `REASON_CODES`
with the values its sentence needs (`Reason.as_dict()` for JSON); wording belongs to the screens.

Normalisers return None for what cannot be valid: `normalise_phone` (E.164, ";ext=" after it),
`normalise_email`, `email_domain` (no free mail), `normalise_credit_code`, `normalise_wechat`;
`normalise_name` always answers. `region_of` names the province of a phone, address or company,
`macro_region` the sales region of a province; `pinyin_key`, `pinyin_initials` sort and search.
"""

from leads.identity.companies import parse_company_name
from leads.identity.contacts import (
    email_domain,
    normalise_credit_code,
    normalise_email,
    normalise_wechat,
    site_domain,
)
from leads.identity.duplicates import HelperLost, TooManyRecords, find_duplicates
from leads.identity.keys import match_keys, name_keys, profile_keys
from leads.identity.names import compare_company_names
from leads.identity.phones import is_mobile, normalise_phone, phone_region
from leads.identity.places import MACRO_REGIONS, PROVINCES, macro_region
from leads.identity.profiles import Profile, profile_of
from leads.identity.reasons import REASON_CODES, Reason, ReasonCode
from leads.identity.records import compare, compare_profiles
from leads.identity.regions import region_of
from leads.identity.text import normalise_name, pinyin_initials, pinyin_key
from leads.identity.types import (
    KEY_KINDS,
    STRONG_KINDS,
    CompanyName,
    DuplicatePair,
    Identity,
    IdentityMatch,
    Key,
    NameMatch,
    Verdict,
)

__all__ = [
    "KEY_KINDS",
    "MACRO_REGIONS",
    "PROVINCES",
    "REASON_CODES",
    "STRONG_KINDS",
    "CompanyName",
    "DuplicatePair",
    "HelperLost",
    "Identity",
    "IdentityMatch",
    "Key",
    "NameMatch",
    "Profile",
    "Reason",
    "ReasonCode",
    "TooManyRecords",
    "Verdict",
    "compare",
    "compare_company_names",
    "compare_profiles",
    "email_domain",
    "find_duplicates",
    "is_mobile",
    "macro_region",
    "match_keys",
    "name_keys",
    "normalise_credit_code",
    "normalise_email",
    "normalise_name",
    "normalise_phone",
    "normalise_wechat",
    "parse_company_name",
    "phone_region",
    "pinyin_initials",
    "pinyin_key",
    "profile_keys",
    "profile_of",
    "region_of",
    "site_domain",
]
