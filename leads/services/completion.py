"""What can be derived from what was typed: reading order, comparison keys, province."""

from crm.places import CODES
from leads.identity import normalise_credit_code, normalise_name, normalise_phone, pinyin_key
from leads.identity import region_of as engine_region_of
from leads.models import Contact, Customer, Lead


def complete_lead(lead: Lead) -> None:
    """Fill in a lead's derived fields; the caller saves."""
    lead.sort_key, lead.name_key = name_keys_of(lead.company_name)
    lead.phone_key = phone_key_of(lead.phone)
    lead.credit_code = credit_code_of(lead.credit_code)
    lead.province = lead.province or province_of(lead.address, lead.company_name, lead.phone)


def complete_customer(customer: Customer) -> None:
    """Fill in a customer's derived fields; the caller saves."""
    customer.sort_key, customer.name_key = name_keys_of(customer.name)
    customer.phone_key = phone_key_of(customer.phone)
    customer.credit_code = credit_code_of(customer.credit_code)
    customer.province = customer.province or province_of(
        customer.address, customer.name, customer.phone
    )


def complete_contact(contact: Contact) -> None:
    """Fill in a contact's derived fields; the caller saves."""
    contact.sort_key = pinyin_key(contact.name)[:200]
    contact.phone_key = phone_key_of(contact.phone)


def name_keys_of(name: str) -> tuple[str, str]:
    """The reading order of a company's name and its comparable spelling."""
    return pinyin_key(name)[:200], normalise_name(name)[:200]


def phone_key_of(phone: str) -> str:
    """The number in E.164 without its extension, empty when it cannot be one."""
    return (normalise_phone(phone) or "").partition(";")[0][:32] if phone else ""


def credit_code_of(code: str) -> str:
    """The code as registered; one with a wrong check digit stays as typed."""
    return (normalise_credit_code(code) or code.strip().upper())[:18] if code else ""


def province_of(*texts: str) -> str:
    """The code of the first province that the texts point to, empty when none does."""
    for text in texts:
        region = engine_region_of(text) if text else None
        if region:
            return CODES.get(region, "")
    return ""
