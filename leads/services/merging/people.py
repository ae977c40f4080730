"""Contacts of two customers that become one: the same person is one contact afterwards."""

from collections.abc import Iterable

from leads.models import Contact, Customer
from leads.references import references_to
from leads.services.merging.journal import Journal

# What one contact can learn from its twin, each group as a whole.
LEARNED = (("title",), ("phone", "phone_key"), ("other_phones",), ("email",), ("wechat",))


def join(journal: Journal, twins: dict[Contact, Contact]) -> None:
    """What points at a twin points at the kept contact, which learns what it did not know."""
    for one, twin in twins.items():
        for reference in references_to(Contact):
            journal.move(reference, Contact, one.pk, twin.pk, is_counted=False)
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
