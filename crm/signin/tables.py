from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web import markup
from crm.web.tables import Empty, HtmlColumn, LinkColumn, MomentColumn, Table, TextColumn

__all__ = ["MemberTable"]


def factor_badge(row: Any) -> str:
    """What the member has beside the password."""
    if row["has_passkey"]:
        return markup.badge(_("Passkey"), "green")
    if row["has_app"]:
        return markup.badge(_("Authenticator app"), "green")
    return markup.badge(_("Password only"), "grey")


def factor_word(row: Any) -> str:
    """The same for a file."""
    if row["has_passkey"]:
        return _("Passkey")
    return _("Authenticator app") if row["has_app"] else _("Password only")


class MemberTable(Table):
    """Who has set up what, and when they were here."""

    key = "signin-members"
    columns = (
        LinkColumn("name", gettext_lazy("Member"), url="signin:member", sort="sort_key"),
        TextColumn("department", gettext_lazy("Department"), "department__name"),
        TextColumn("title", gettext_lazy("Job title")),
        HtmlColumn(
            "factor",
            gettext_lazy("Second factor"),
            html=lambda row, reader: factor_badge(row),
            plain=factor_word,
            wanted=("has_passkey", "has_app"),
        ),
        MomentColumn("seen_at", gettext_lazy("Last seen")),
    )
    sort = "sort_key"
    search_hint = gettext_lazy("Name")
    refresh = ("sign-in-changed",)
    empty = Empty(gettext_lazy("No members yet."), None)

    def find(self, queryset: Any, text: str) -> Any:
        return queryset.filter(name__startswith=text)
