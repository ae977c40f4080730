"""A record's derived fields: reading order, comparison keys, province."""

from leads.identity import pinyin_key
from leads.models import Contact, Customer, Lead
from leads.numbers import other_numbers, split_numbers
from leads.services.derivations import credit_code_of, name_keys_of, phone_key_of, province_of


def complete_lead(lead: Lead) -> None:
    """Fill in a lead's derived fields; the caller saves."""
    lead.sort_key, lead.name_key = name_keys_of(lead.company_name)
    lead.phone_key = phone_key_of(lead.phone)
    lead.other_phones = other_phones_of(lead)
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
    contact.other_phones = other_phones_of(contact)


def other_phones_of(record: Lead | Contact) -> str:
    """The further numbers in one spelling; a record without a number takes none of them for it."""
    return other_numbers(split_numbers(record.other_phones), beside=record.phone)
