from django.conf import settings
from django.urls import reverse

from leads.enums import RecordKind
from leads.selectors.merging import ATTACH, LEADS

PAGES = {
    RecordKind.LEAD: "leads:detail",
    RecordKind.CUSTOMER: "leads:customer",
    RecordKind.CONTACT: "leads:contact",
}


def merge_screen_of(kept: tuple[str, int], lead_id: int) -> str:
    """The address of the screen that merges a lead into a record that was there before."""
    kind, pk = kept
    word = LEADS if kind == RecordKind.LEAD else ATTACH
    return reverse("leads:merge", args=[word, pk, lead_id])


def page_of(kind: RecordKind | str, record_id: int) -> str:
    """The address of a record's page, also from a task outside any request."""
    name = PAGES[RecordKind(kind)]
    return reverse(name, urlconf=settings.TENANT_URLCONF, args=[record_id])
