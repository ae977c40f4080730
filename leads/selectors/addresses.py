from django.conf import settings
from django.urls import reverse

from leads.enums import RecordKind

PAGES = {
    RecordKind.LEAD: "leads:detail",
    RecordKind.CUSTOMER: "leads:customer",
    RecordKind.CONTACT: "leads:contact",
}


def page_of(kind: RecordKind | str, record_id: int) -> str:
    """The address of a record's page, also from a task outside any request."""
    name = PAGES[RecordKind(kind)]
    return reverse(name, urlconf=settings.TENANT_URLCONF, args=[record_id])
