"""What people type into a search box → records, by index only (see traps.md 3)."""

from django.db.models import Model, Q, QuerySet

from crm.access import fields
from crm.access.viewer import current_viewer
from crm.people.enums import Right
from leads.enums import RecordKind
from leads.identity import Identity, normalise_phone, pinyin_key
from leads.models import Contact, Customer, Lead, Opportunity
from leads.selectors.candidates import candidate_pairs
from leads.selectors.standing import held_now

LAST = "\U0010ffff"
MODELS: dict[RecordKind, type[Model]] = {
    RecordKind.LEAD: Lead,
    RecordKind.CUSTOMER: Customer,
    RecordKind.CONTACT: Contact,
}


def starts_with(path: str, text: str) -> Q:
    """The field begins with the text, as a range: leakproof and served by a btree."""
    return Q(**{f"{path}__gte": text, f"{path}__lt": text + LAST})


def number_matches(text: str) -> Q:
    """The record's number begins with the text, in whatever case it was typed."""
    return starts_with("number", text.upper())


def phone_matches(text: str, model: type[Model]) -> Q:
    """The number begins with these digits, typed with or without the country.

    Who sees numbers masked must know the whole one, or could guess it digit by digit; who may not
    see them finds nothing.
    """
    right = fields.right(current_viewer(), model, "phone")
    if right == Right.HIDDEN:
        return Q(pk__in=[])
    digits = "".join(sign for sign in text if sign.isdecimal())
    if len(digits) < 4 or len(digits) < len(text.replace(" ", "").replace("-", "")) - 1:
        return Q(pk__in=[])
    whole = (normalise_phone(text) or "").partition(";")[0]
    if right == Right.MASKED:
        return Q(phone_key=whole) if whole else Q(pk__in=[])
    found = starts_with("phone_key", f"+86{digits.lstrip('0')}") | starts_with(
        "phone_key", f"+{digits}"
    )
    return found | Q(phone_key=whole) if whole else found


def reading_matches(text: str) -> Q:
    """The pinyin begins with the letters: tongguang finds 同光."""
    letters = pinyin_key(text)
    is_latin = text.isascii() and bool(letters)
    return starts_with("sort_key", letters) if is_latin else Q(pk__in=[])


def identity_matches(text: str, kind: RecordKind) -> Q:
    """A key of the identity index fits: 同光 finds 苏州同光精密机械有限公司.

    So does one of a record that became part of another.
    """
    viewer, model = current_viewer(), MODELS[kind]
    phone = normalise_phone(text)
    asked = Identity(
        company="" if phone else text,
        phones=(text,) if phone and fields.right(viewer, model, "phone") else (),
        emails=(text,) if fields.right(viewer, model, "email") else (),
    )
    pairs = candidate_pairs(asked)
    pairs |= {one.pair for one in held_now(pairs).values()}
    return Q(pk__in=[record_id for found, record_id in pairs if found == kind])


def narrow_leads(queryset: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Leads by company, phone, number, pinyin or identity."""
    return queryset.filter(
        starts_with("company_name", text)
        | starts_with("contact_name", text)
        | number_matches(text)
        | phone_matches(text, Lead)
        | reading_matches(text)
        | identity_matches(text, RecordKind.LEAD)
    )


def narrow_customers(queryset: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Customers by name, phone, number, pinyin or identity."""
    return queryset.filter(
        starts_with("name", text)
        | number_matches(text)
        | phone_matches(text, Customer)
        | reading_matches(text)
        | identity_matches(text, RecordKind.CUSTOMER)
    )


def narrow_contacts(queryset: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Contacts by name, phone or pinyin."""
    return queryset.filter(
        starts_with("name", text)
        | phone_matches(text, Contact)
        | reading_matches(text)
        | identity_matches(text, RecordKind.CONTACT)
    )


def narrow_opportunities(queryset: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """Opportunities by name, number, or their customer's identity."""
    customers = identity_matches(text, RecordKind.CUSTOMER)
    named = Customer.objects.filter(starts_with("name", text) | customers)
    return queryset.filter(starts_with("name", text) | number_matches(text) | Q(customer__in=named))
