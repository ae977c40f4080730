"""The columns a member chose, kept in the database and remembered by the session."""

from collections.abc import Sequence

from crm.tenancy.http import TenantRequest
from crm.web.models import ColumnChoice

SESSION_KEY = "columns"


def _slot(request: TenantRequest, page: str) -> str:
    return f"{request.organization.pk}:{page}"


def chosen_columns(request: TenantRequest, page: str) -> list[str]:
    """The chosen column keys of a list, empty for its own default."""
    remembered: dict[str, list[str]] = request.session.get(SESSION_KEY, {})
    slot = _slot(request, page)
    if slot not in remembered:
        found = ColumnChoice.objects.filter(member_id=request.member.pk, page=page).first()
        request.session[SESSION_KEY] = remembered | {slot: found.columns if found else []}
    return request.session[SESSION_KEY][slot]  # type: ignore[no-any-return]


def choose_columns(request: TenantRequest, page: str, columns: Sequence[str]) -> None:
    """Keep a member's columns for a list; none at all means the default again."""
    ColumnChoice.objects.update_or_create(
        member_id=request.member.pk, page=page, defaults={"columns": list(columns)}
    )
    remembered = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = remembered | {_slot(request, page): list(columns)}
