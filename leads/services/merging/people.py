"""Contacts of two customers that become one: the same person is one contact afterwards."""

from collections.abc import Iterable

from leads.models import Contact, Customer
from leads.references import references_to
from leads.services.merging.journal import Journal

# What one contact can learn from its twin, each group as a whole.
LEARNED = (("title",), ("phone", "phone_key"), ("email",), ("wechat",))


def twins_of(kept: Customer, gone: Customer) -> dict[Contact, Contact]:
    """The contacts of `gone` who are people `kept` knows: same number, or same name and no other.

    Two people of one name with different numbers stay two.
    """
    known = list(Contact.objects.filter(customer=kept).order_by("id"))
    found = {}
    for one in Contact.objects.filter(customer=gone).order_by("id"):
        twin = next((other for other in known if is_same(one, other)), None)
        if twin is not None:
            found[one] = twin
    return found


def is_same(one: Contact, other: Contact) -> bool:
    """Whether two contacts of one company are one person."""
    if one.phone_key and other.phone_key:
        return one.phone_key == other.phone_key
    return bool(one.name.strip()) and one.name.strip() == other.name.strip()


def join(journal: Journal, twins: dict[Contact, Contact]) -> None:
    """What points at a twin points at the kept contact, which learns what it did not know."""
    for one, twin in twins.items():
        for reference in references_to(Contact):
            journal.move(reference, Contact, one.pk, twin.pk)
        for columns in LEARNED:
            if not getattr(twin, columns[0]) and getattr(one, columns[0]):
                values = {name: getattr(one, name) for name in columns}
                journal.change(twin, values)
                for name, value in values.items():
                    setattr(twin, name, value)


def one_main_contact(journal: Journal, kept: Customer, gone: Customer) -> None:
    """The kept customer's main contact stays the main one; call before contacts move."""
    if Contact.objects.filter(customer=kept, is_primary=True).exists():
        for one in Contact.objects.filter(customer=gone, is_primary=True):
            journal.change(one, {"is_primary": False})


def reindexed(ids: Iterable[int]) -> list[Contact]:
    return list(Contact.objects.filter(pk__in=ids))
