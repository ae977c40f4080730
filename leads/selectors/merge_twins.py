"""People whom both of two customers know: they are one contact once the two are merged."""

from leads.models import Contact, Customer


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
