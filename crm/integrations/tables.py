from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.integrations.enums import TokenState
from crm.integrations.models import state_at
from crm.people.selectors import active_members
from crm.web import markup
from crm.web.components import Action
from crm.web.tables import (
    Empty,
    Filter,
    HtmlColumn,
    LinkColumn,
    MemberFilter,
    MomentColumn,
    PersonColumn,
    QuickView,
    Reader,
    Row,
    Scope,
    Table,
    TextColumn,
)

COLOURS = {
    TokenState.VALID: "green",
    TokenState.ON_HOLD: "amber",
    TokenState.EXPIRED: "grey",
    TokenState.REVOKED: "red",
}


def state_badge(state: TokenState) -> str:
    """What a token is good for now."""
    return markup.badge(state.label, COLOURS[state])


def access_words(*, may_write: bool) -> str:
    """Whether it may change anything."""
    return _("Read and write") if may_write else _("Only read")


@dataclass(frozen=True)
class StateFilter(Filter):
    """Valid, on hold, expired or revoked now; the rows carry `held_by` (selectors.with_hold)."""

    control = "choices"

    def options(self, scope: Scope) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in TokenState.choices]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        now = timezone.now()
        parts = {
            TokenState.VALID: Q(revoked_at=None, expires_at__gt=now, held_by=""),
            TokenState.ON_HOLD: Q(revoked_at=None, expires_at__gt=now) & ~Q(held_by=""),
            TokenState.EXPIRED: Q(revoked_at=None, expires_at__lte=now),
            TokenState.REVOKED: Q(revoked_at__isnull=False),
        }
        found = Q(pk__in=[])
        for state, part in parts.items():
            if state in values:
                found |= part
        return found


def _state(row: Row) -> TokenState:
    return state_at(row["revoked_at"], row["expires_at"], row["held_by"])


NAME = LinkColumn("name", pgettext_lazy("token", "Name"), url="integrations:token")
STATE = HtmlColumn(
    "state",
    gettext_lazy("State"),
    html=lambda row, reader: state_badge(_state(row)),
    plain=lambda row: str(_state(row).label),
    wanted=("revoked_at", "expires_at", "held_by"),
)


def _access(row: Row, reader: Reader) -> str:
    return markup.as_html(access_words(may_write=row["may_write"]))


TERMS = (
    TextColumn("hint", gettext_lazy("Begins with")),
    HtmlColumn(
        "access",
        gettext_lazy("It may"),
        html=_access,
        plain=lambda row: access_words(may_write=row["may_write"]),
        wanted=("may_write",),
    ),
    MomentColumn("expires_at", pgettext_lazy("token", "Expires")),
    MomentColumn("last_used_at", pgettext_lazy("token", "Last used")),
    MomentColumn("created_at", gettext_lazy("Created"), hidden=True),
)
VIEWS = (
    QuickView("all", gettext_lazy("All")),
    QuickView("valid", pgettext_lazy("tokens", "Valid"), "state=valid"),
)


class OwnTokenTable(Table):
    """The tokens by which programs act as oneself."""

    key = "own-tokens"
    columns = (NAME, STATE, *TERMS)
    filters = (StateFilter("state", gettext_lazy("State")),)
    views = VIEWS
    refresh = ("token-changed",)
    empty = Empty(
        gettext_lazy("No program acts in your name. A token lets one do so, with your rights."),
        Action(gettext_lazy("New token"), reverse_lazy("integrations:create_token"), "plus"),
        "key",
    )


def _member_choices(scope: Scope) -> list[tuple[int, str]]:
    return list(active_members().values_list("pk", "name"))


class TokenTable(Table):
    """Everybody's tokens, for those who answer for them."""

    key = "tokens"
    columns = (
        NAME,
        PersonColumn("member", gettext_lazy("Acts as"), "member__name", seed="member_id"),
        STATE,
        *TERMS,
    )
    filters = (
        StateFilter("state", gettext_lazy("State")),
        MemberFilter("member", gettext_lazy("Acts as"), people=_member_choices),
    )
    views = VIEWS
    search_hint = gettext_lazy("Name or beginning of the token")
    refresh = ("token-changed",)
    empty = Empty(
        gettext_lazy("Nobody has made a token yet: no program uses the API."), None, "key"
    )

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__startswith=text) | Q(hint__startswith=text[:9]))
