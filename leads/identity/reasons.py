"""Why two records look alike or unlike: codes a screen can translate, never sentences."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple


class ReasonCode(StrEnum):
    """Every reason this engine can give; `Reason.params` holds the values named in the comment."""

    # names
    NAME_EQUAL = "name_equal"  # value
    NAME_OF_PERSON = "name_of_person"  # value
    BRAND_EQUAL = "brand_equal"  # brand
    BRAND_SOUNDS_ALIKE = "brand_sounds_alike"  # left, right
    BRAND_NEARLY_EQUAL = "brand_nearly_equal"  # left, right
    BRAND_LOOKS_ALIKE = "brand_looks_alike"  # left, right
    BRAND_IN_PINYIN = "brand_in_pinyin"  # left, right
    BRAND_TRANSLATED = "brand_translated"  # left, right
    ALIAS_KNOWN = "alias_known"  # left, right
    NUMBER_DIFFERENT = "number_different"  # left, right
    BRAND_CONTAINED = "brand_contained"  # left, right
    BRAND_DIFFERENT = "brand_different"  # left, right
    BRAND_GENERIC = "brand_generic"  # brand
    REGION_EQUAL = "region_equal"  # region
    REGION_WITHIN = "region_within"  # left, right
    REGION_ALIKE = "region_alike"  # left, right: as they are written
    REGION_MISSING = "region_missing"  # region
    REGION_DIFFERENT = "region_different"  # left, right
    INDUSTRY_EQUAL = "industry_equal"  # industry
    INDUSTRY_ALIKE = "industry_alike"  # left, right
    INDUSTRY_MISSING = "industry_missing"  # industry
    INDUSTRY_DIFFERENT = "industry_different"  # left, right
    FORM_DIFFERENT = "form_different"  # left, right
    BRANCH_AND_PARENT = "branch_and_parent"  # branch
    BRANCH_ALIKE = "branch_alike"  # left, right
    BRANCH_DIFFERENT = "branch_different"  # left, right
    GROUP_AND_FIRM = "group_and_firm"  # left, right
    FORMER_NAME = "former_name"  # value
    SCRIPT_DIFFERENT = "script_different"  # left, right
    NAME_MISSING = "name_missing"
    # records
    CREDIT_CODE_EQUAL = "credit_code_equal"  # value
    ORGANISATION_CODE_EQUAL = "organisation_code_equal"  # value: the part in common
    CREDIT_CODE_DIFFERENT = "credit_code_different"  # left, right
    PHONE_EQUAL = "phone_equal"  # value
    EMAIL_EQUAL = "email_equal"  # value
    SWITCHBOARD_EQUAL = "switchboard_equal"  # value; the extensions differ
    EMAIL_ALIKE = "email_alike"  # left, right
    DOMAIN_EQUAL = "domain_equal"  # value
    WECHAT_EQUAL = "wechat_equal"  # value
    PERSON_EQUAL = "person_equal"  # value
    PERSON_IN_PINYIN = "person_in_pinyin"  # left, right
    PERSON_ALIKE = "person_alike"  # left, right
    PERSON_DIFFERENT = "person_different"  # left, right
    ADDRESS_EQUAL = "address_equal"  # left, right
    BUILDING_EQUAL = "building_equal"  # left, right
    STREET_EQUAL = "street_equal"  # left, right
    EMAIL_NAMES_PERSON = "email_names_person"  # left: the address, right: the person
    TOWN_EQUAL = "town_equal"  # value
    BIRTH_DATE_EQUAL = "birth_date_equal"  # value
    BIRTH_DATE_ALIKE = "birth_date_alike"  # left, right
    BIRTH_DATE_DIFFERENT = "birth_date_different"  # left, right
    CITIZEN_NUMBER_EQUAL = "citizen_number_equal"  # value: its end only
    CITIZEN_NUMBER_DIFFERENT = "citizen_number_different"  # left, right: their ends only


REASON_CODES: tuple[str, ...] = tuple(code.value for code in ReasonCode)


class Reason(NamedTuple):
    """One piece of evidence: a code and the values a sentence about it needs."""

    code: ReasonCode
    params: Mapping[str, str] = MappingProxyType({})

    def __hash__(self) -> int:
        return hash(self.code)

    def as_dict(self) -> dict[str, object]:
        """Plain data for a JSON column."""
        return {"code": self.code.value, "params": dict(self.params)}


@lru_cache(maxsize=4096)
def told(code: ReasonCode, **params: str) -> Reason:
    """A reason that thousands of pairs share, such as their place: made once."""
    return Reason(code, params)
