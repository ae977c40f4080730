"""Pages of other parts of the product, as far as they exist and the member may open them."""

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, resolve, reverse

from crm.access.policy import allowed
from crm.access.registry import ANY_MEMBER
from crm.people.models import Member


def address_for(member: Member, name: str) -> str:
    """The page's address; "" where there is none, or none for this member."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    path = "/" + address.removeprefix(get_script_prefix())
    needed = getattr(resolve(path, urlconf=settings.TENANT_URLCONF).func, "needs", "")
    return address if needed == ANY_MEMBER or allowed(member, needed) else ""
