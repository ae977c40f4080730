"""A refusal in words that lead on."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.refusals import Refused
from leads.services.refusals import ProtectedClient


def refusal_words(refusal: Refused) -> str:
    """What a form says: why it was refused, and the case that settles it where there is one."""
    if isinstance(refusal, ProtectedClient) and refusal.case_id:
        url = reverse("leads:case", args=[refusal.case_id])
        return format_html('{} <a href="{}">{}</a>', str(refusal), url, _("Open the case"))
    return str(refusal)
