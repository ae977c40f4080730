"""A refusal in words that lead on."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.access.viewer import current_viewer
from crm.refusals import Refused
from crm.web.components import Action
from leads.selectors.cases import visible_cases
from leads.services.cases import CaseMovedOn, HeldBack
from leads.services.refusals import ProtectedClient


def way_on(refusal: Refused) -> Action | None:
    """To the case that settles it, for whoever may read it."""
    if isinstance(refusal, HeldBack):
        pk: int | None = refusal.case.pk
    else:
        pk = refusal.case_id if isinstance(refusal, ProtectedClient) else None
    member = current_viewer()
    if pk is None or member is None or not visible_cases(member).filter(pk=pk).exists():
        return None
    return Action(_("Open the case"), reverse("leads:case", args=[pk]))


def case_words(case_id: int, *, again: str = "") -> Callable[[Refused], str]:
    """What a form about a case says: where the case is no longer what was read, it leads there.

    `again` names the page to look at where the same can still be done.
    """

    def words(refusal: Refused) -> str:
        if not isinstance(refusal, CaseMovedOn):
            return str(refusal)
        page, label = "leads:case", _("Open the case")
        if again and type(refusal) is CaseMovedOn:
            page, label = again, _("Look again")
        link = '{} <a href="{}" data-drawer>{}</a>'
        return format_html(link, str(refusal), reverse(page, args=[case_id]), label)

    return words


def refusal_words(refusal: Refused) -> str:
    """What a form says: why it was refused, and the case that settles it where there is one."""
    case = way_on(refusal)
    if case is None:
        return str(refusal)
    return format_html('{} <a href="{}">{}</a>', str(refusal), case.url, case.label)
