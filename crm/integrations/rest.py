"""What the parts of the API are built of: who may, pages of rows, guarded values."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict

from crm.access import fields, policy
from crm.access.registry import ANY_MEMBER, is_declared
from crm.audit import services as audit
from crm.integrations.problems import Problem, invalid
from crm.people.enums import Right
from crm.people.models import Member
from crm.tenancy.current import current_organization
from crm.tenancy.links import public

PAGE, LARGEST_PAGE = 50, 200
A_DAY = timedelta(days=1)
# for summaries: ninja's types know no lazy text, its description takes one
gettext_lazy = cast("Callable[[str], str]", translation.gettext_lazy)


def in_utc(at: datetime) -> datetime:
    """A moment as it is kept and answered, whatever zone it was sent in.

    The database knows no zone beyond 16 hours. A day from either end of time is refused: it could
    be told in no other zone.
    """
    try:
        kept = at.astimezone(UTC)
        _ends = kept - A_DAY, kept + A_DAY
    except OverflowError as error:
        raise ValueError("out of range") from error
    return kept


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class Token:
    """An operation's `auth`: the permission it asks for, and whether it changes anything."""

    openapi_security_schema: dict[str, str] = {"type": "http", "scheme": "bearer"}  # noqa: RUF012

    def __init__(self, permission: str, *, writes: bool = False) -> None:
        if permission != ANY_MEMBER and not is_declared(permission):
            raise LookupError(f"No app declares the permission {permission!r}")
        self.permission, self.writes = permission, writes

    def __call__(self, request: Any) -> Member:
        """The member, if they and this token of theirs may; asked before anything is read."""
        may = self.permission == ANY_MEMBER or policy.allowed(request.member, self.permission)
        if not may:
            text = _("This token does not hold the permission “%(name)s”.")
            raise Problem(
                403, "not-allowed", text % {"name": self.permission}, permission=self.permission
            )
        if self.writes and not request.token.may_write:
            raise Problem(403, "read-only", _("This token may only read."))
        member: Member = request.member
        return member


class Strict(Schema):
    """What a program sends: a name that means nothing here is a mistake of theirs."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Asked(Strict):
    """The query of a list: how many rows, and from where on."""

    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)
    cursor: str = Field("", max_length=200)
    updated_since: Moment | None = None


def check_query(request: Any, allowed: Iterable[str]) -> None:
    """Refuse parameters that mean nothing here: a filter that is not heeded misleads."""
    unknown = set(request.GET) - set(allowed)
    if unknown:
        raise invalid([(one, _("There is no such parameter.")) for one in sorted(unknown)])


class Rows:
    """One page of a list, by keys: the newest first, or since a moment the longest unchanged."""

    def __init__(self, queryset: QuerySet[Any], asked: Asked) -> None:
        self.asked = asked
        self.by_change = asked.updated_since is not None
        if asked.updated_since is not None:
            queryset = queryset.filter(updated_at__gte=asked.updated_since)
        self.queryset = (
            queryset.order_by("updated_at", "pk") if self.by_change else queryset.order_by("-pk")
        )

    def read(self) -> tuple[list[Any], str]:
        """The rows, and the cursor of the next page: "" where there is none."""
        found = list(self._after()[: self.asked.limit + 1])
        rows = found[: self.asked.limit]
        return rows, self._cursor(rows[-1]) if len(found) > len(rows) else ""

    def _after(self) -> QuerySet[Any]:
        if not self.asked.cursor:
            return self.queryset
        at, pk = _decoded(self.asked.cursor)
        if (at is not None) != self.by_change:
            raise _bad_cursor()
        if at is None:
            return self.queryset.filter(pk__lt=pk)
        return self.queryset.filter(Q(updated_at=at, pk__gt=pk) | Q(updated_at__gt=at))

    def _cursor(self, last: Any) -> str:
        at = last.updated_at.astimezone(UTC).isoformat() if self.by_change else None
        return base64.urlsafe_b64encode(json.dumps([at, last.pk]).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[datetime | None, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, pk = json.loads(text)
        moment = datetime.fromisoformat(at) if at is not None else None
        if isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63:
            return moment, pk
    except (binascii.Error, ValueError, TypeError):
        pass
    raise _bad_cursor()


def _bad_cursor() -> Problem:
    return invalid([("cursor", _("Use the cursor of the page before, with the same filters."))])


def sight(
    member: Member, model: type[Model], names: Iterable[str]
) -> Callable[[Any], dict[str, Any]]:
    """A function from a record to its fields as the member may see them.

    Masked ones masked, hidden ones null; the rights are asked once for all rows of a page.
    """
    rights = [(name, fields.right(member, model, name)) for name in names]

    def value(record: Any, name: str, right: Right) -> Any:
        if right >= Right.READ:
            return getattr(record, name)
        if right == Right.HIDDEN:
            return None
        return fields.shown(member, model, name, getattr(record, name))

    return lambda record: {name: value(record, name, right) for name, right in rights}


def check_writable(
    member: Member, model: type[Model], names: Iterable[str], *, least: Right
) -> None:
    """Refuse fields that the member may not write; a form leaves them out, a program is told."""
    barred = [name for name in names if fields.right(member, model, name) < least]
    if barred:
        raise invalid([(name, _("You may not change this field.")) for name in barred])


def listed(
    request: Any,
    queryset: QuerySet[Any],
    asked: Asked,
    out: Callable[[Member, Sequence[Any]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """One page of the rows as `out` tells them, written down in the log."""
    found, cursor = Rows(queryset, asked).read()
    _note_read(queryset.model._meta.label_lower, found, request.GET)
    return {"items": out(request.member, found), "next": cursor}


def _note_read(kind: str, rows: list[Any], query: QueryDict) -> None:
    """Write down which records a program read from a list: the first, the last, how many."""
    if not rows:
        return
    filters = {name: ", ".join(values) for name, values in query.lists() if name != "cursor"}
    told = {"rows": len(rows), "first": rows[0].pk, "last": rows[-1].pk, "filters": filters}
    audit.write("api.listed", "", None, {"kind": kind, **told})


def address(path: str) -> str:
    """The whole address of something in the API."""
    return public(f"{current_organization().address}api/v1/{path}")
