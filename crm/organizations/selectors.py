"""Questions about one organisation, asked inside it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.audit.selectors import operations_on
from crm.organizations.forms import CURRENCIES, MONTHS
from crm.people.enums import Language
from crm.tenancy.models import Organization
from crm.web.components import Change, Entry


def labels() -> dict[str, str]:
    """The settings as the history names them."""
    return {
        "name": _("Company name"),
        "currency": _("Currency"),
        "time_zone": _("Time zone"),
        "language": _("Language of new members"),
        "fiscal_year_start": _("The fiscal year begins in"),
    }


def happened() -> dict[str, tuple[str, str]]:
    """Sentence and icon of each operation on an organisation."""
    return {
        "organization.founded": (_("founded the organisation"), "flag"),
        "organization.changed": (_("changed the settings"), "settings"),
        "organization.logo_set": (_("changed the logo"), "photo"),
        "organization.logo_removed": (_("removed the logo"), "photo"),
        "organization.suspended": (_("The operator suspended the organisation"), "lock"),
        "organization.reactivated": (_("The operator opened the organisation again"), "lock-open"),
        "organization.export_requested": (_("asked for a full export"), "file-export"),
        "organization.export_downloaded": (_("downloaded a full export"), "download"),
        "organization.deletion_requested": (_("asked for the deletion"), "trash"),
        "organization.deletion_cancelled": (_("The deletion was cancelled"), "arrow-back-up"),
    }


def shown(name: str, value: Any) -> str:
    """A value as people read it."""
    if name == "fiscal_year_start":
        return str(dict(MONTHS).get(value, value))
    if name == "currency":
        return str(dict(CURRENCIES).get(value, value))
    if name == "language":
        return str(dict(Language.choices).get(value, value))
    return str(value)


def changes_of(organization: Organization, *, limit: int = 50) -> list[Entry]:
    """What happened to the organisation itself, newest first."""
    words, names, found = happened(), labels(), []
    for one in operations_on(organization, limit=limit):
        title, icon = words.get(one.action, (one.action, "point"))
        if one.member and one.action == "organization.deletion_cancelled":
            title = _("cancelled the deletion")
        changes = [
            Change(names.get(name, name), shown(name, old), shown(name, new))
            for name, (old, new) in one.details.get("changes", {}).items()
        ]
        reason = one.details.get("reason", "")
        found.append(
            Entry(
                one.at,
                title,
                who=one.member.name if one.member else "",
                icon=icon,
                body=pgettext("history", "Reason: %(reason)s") % {"reason": reason}
                if reason
                else "",
                changes=changes,
            )
        )
    return found
