"""The list itself: what the address asks for, turned into rows, controls and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm.access import policy
from crm.tenancy.current import current_organization
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup, preferences
from crm.web.asked import record_ids
from crm.web.components import Action
from crm.web.formats import Formats, number
from crm.web.icons import icon
from crm.web.models import SavedView
from crm.web.tables.addresses import CONTROL_KEYS
from crm.web.tables.columns import Column, Reader
from crm.web.tables.controls import BulkAction, Chip, Control, Empty, QuickView
from crm.web.tables.export import export_response
from crm.web.tables.filters import Filter, Scope
from crm.web.tables.paging import Order, Page, Row, capped_count, read_page
from crm.web.tables.trimming import Trim

Label = str | Promise
PANELS = ("filters", "columns", "views")


class Table:
    """Subclass per list; see docs/ui.md."""

    key: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    views: ClassVar[Sequence[QuickView]] = ()
    bulk: ClassVar[Sequence[BulkAction]] = ()
    sort: ClassVar[str] = "-pk"
    size: ClassVar[int] = 25
    cap: ClassVar[int] = 1_000
    search_hint: ClassVar[Label] = ""
    export_permission: ClassVar[str] = ""
    refresh: ClassVar[Sequence[str]] = ()
    live: ClassVar[str] = ""
    live_label: ClassVar[Label] = ""
    empty: ClassVar[Empty | None] = None

    def __init__(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.request: TenantRequest = request  # type: ignore[assignment]
        self.base = queryset
        self.address: QueryDict = request.GET

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Narrow the list to what matches the search box; override to support it."""
        raise NotImplementedError

    def row_css(self, row: Row) -> str:
        """A class for a row, such as tz-row-late; override where rows differ."""
        return ""

    # What this member may see

    @cached_property
    def trim(self) -> Trim:
        return Trim(self.request.member, self.base.model)

    @cached_property
    def offered(self) -> list[Column]:
        """The columns this member may choose from."""
        return self.trim.columns(self.columns)

    @cached_property
    def offered_filters(self) -> list[Filter]:
        """The filters this member may use."""
        return self.trim.filters(self.filters)

    @cached_property
    def exported(self) -> QuerySet[Any]:
        """The rows a file may hold: seen in the list and within the permission to export."""
        return policy.visible(self.request.member, self.queryset, self.export_permission)

    # What the address asks for

    @cached_property
    def reader(self) -> Reader:
        return Reader(Formats.current())

    @cached_property
    def scope(self) -> Scope:
        return Scope(
            member_id=self.request.member.pk,
            formats=self.reader.formats,
            fiscal_start=current_organization().fiscal_year_start,
        )

    @cached_property
    def text(self) -> str:
        return self.address.get("q", "").strip() if self.search_hint else ""

    @cached_property
    def active(self) -> list[tuple[Filter, list[str]]]:
        """The filters in force and their values."""
        found = ((one, one.values(self.address)) for one in self.offered_filters)
        return [(one, values) for one, values in found if values]

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """Every row the address asks for, of all pages."""
        return self.narrowed(self.address)

    def narrowed(self, address: QueryDict) -> QuerySet[Any]:
        """The rows that a query string asks for."""
        found = self.base
        for one in self.offered_filters:
            values = one.values(address)
            if values:
                found = one.apply(found, values, self.scope)
        text = address.get("q", "").strip() if self.search_hint else ""
        return self.find(found, text) if text else found

    @cached_property
    def picked(self) -> QuerySet[Any]:
        """The rows ticked in the bulk bar: by id, or everything the list was showing."""
        if self.request.POST.get("all"):
            return self.narrowed(QueryDict(self.request.POST.get("query", "")))
        return self.base.filter(Q(pk__in=record_ids(self.request.POST.getlist("ids"))))

    @cached_property
    def order(self) -> Order:
        """The order asked for, if a column allows it; else the list's own."""
        asked = self.address.get("sort", "")
        for wanted in (asked, self.sort):
            path = wanted.removeprefix("-")
            for column in self.offered:
                if path and path == column.sort:
                    return Order(
                        path=path,
                        descending=wanted.startswith("-"),
                        nullable=column.nullable,
                        newest=column.newest,
                    )
        return Order(path=self.sort.removeprefix("-"), descending=self.sort.startswith("-"))

    # What is shown

    @cached_property
    def visible(self) -> list[Column]:
        """The chosen columns; the first one always stays."""
        chosen = preferences.chosen_columns(self.request, self.key)
        known = {column.key: column for column in self.offered}
        picked = [known[key] for key in chosen if key in known]
        if not picked:
            return [column for column in self.offered if not column.hidden]
        first = self.offered[0]
        return [first, *(column for column in picked if column is not first)]

    @cached_property
    def fields(self) -> list[str]:
        """Every field path that a row needs."""
        return sorted({path for column in self.visible for path in column.fields})

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of a page, or some of an export; override to add what a query cannot say."""
        return rows

    @cached_property
    def page(self) -> Page:
        found = read_page(
            self.queryset,
            order=self.order,
            fields=self.fields,
            size=self.size,
            address=self.address,
        )
        self.trim.rows(found.rows, self.fields)
        return replace(found, rows=self.prepared(found.rows))

    @cached_property
    def total(self) -> int:
        """How many rows there are, at most one more than the cap."""
        alone = not self.page.next and not self.page.previous
        return len(self.page.rows) if alone else capped_count(self.queryset, cap=self.cap)

    @property
    def count(self) -> str:
        """The count for the header: 1,284 or 1,000+."""
        return f"{number(self.cap)}+" if self.total > self.cap else number(self.total)

    @cached_property
    def rows_html(self) -> SafeString:
        """All rows as HTML, joined: the hot path of every list page."""
        cells = [
            (f'<td class="{self.cell_css(column)}">', column.renderer(self.reader))
            for column in self.visible
        ]
        tick = bool(self.actions)
        parts: list[str] = []
        for row in self.page.rows:
            pk = row["pk"]
            parts.append(f'<tr data-id="{pk}" class="{self.row_css(row)}">')
            if tick:
                parts.append(
                    f'<td class="tz-tick"><label><input type="checkbox" class="form-check-input" '
                    f'name="ids" value="{pk}" form="bulk-{self.key}" aria-label="#{pk}">'
                    "</label></td>"
                )
            parts.extend(f"{opening}{cell(row)}</td>" for opening, cell in cells)
            parts.append("</tr>")
        return markup.safe("".join(parts))

    @staticmethod
    def cell_css(column: Column) -> str:
        """The classes of a column's cells."""
        return f"tz-col tz-col-{column.key} {'tz-end' if column.align == 'end' else ''}".strip()

    @cached_property
    def heads_html(self) -> SafeString:
        """The headings, each with the address that sorts by it."""
        return markup.safe("".join(self._head(column) for column in self.visible))

    def _head(self, column: Column) -> str:
        label = markup.escape(column.label)
        if not column.sort:
            return f'<th class="{self.cell_css(column)}">{label}</th>'
        order = self.order
        is_sorted = column.sort == order.path
        sign = "-" if is_sorted and not order.descending else ""
        url = markup.escape(self.url(sort=f"{sign}{column.sort}"))
        link = f'<a href="{url}" data-swap="table-{self.key}">{label}'
        if not is_sorted:
            return f'<th class="{self.cell_css(column)}">{link}</a></th>'
        way, arrow = ("descending", "down") if order.descending else ("ascending", "up")
        mark = icon(f"arrow-{arrow}")
        return f'<th class="{self.cell_css(column)}" aria-sort="{way}">{link}{mark}</a></th>'

    @cached_property
    def chips(self) -> list[Chip]:
        """The conditions in force, each removable."""
        found = []
        for one, values in self.active:
            gone = {one.key: None, f"{one.key}-from": None, f"{one.key}-to": None}
            found.append(Chip(one.label, one.words(values, self.scope), self.url(**gone)))
        return found

    @cached_property
    def controls(self) -> list[Control]:
        """The filter panel's controls."""
        found = []
        for one in self.offered_filters:
            values = one.values(self.address)
            start, dots, end = (values[0] if values else "").partition("..")
            bounds = (start, end) if dots else ("", "")
            found.append(Control(one, one.options(self.scope), values, bounds))
        return found

    @cached_property
    def tabs(self) -> list[tuple[QuickView, str, bool]]:
        """The ready-made views: view, address, whether it is in force."""
        now = sorted(self.query_string(sort=None).split("&"))
        return [
            (view, f"?{view.query}", sorted(view.query.split("&")) == now) for view in self.views
        ]

    @cached_property
    def column_choice(self) -> list[tuple[Column, bool]]:
        """Every column and whether it is shown, the shown ones first and in their order."""
        shown = self.visible
        return [(one, True) for one in shown] + [
            (one, False) for one in self.offered if one not in shown
        ]

    @cached_property
    def saved_views(self) -> list[SavedView]:
        return list(SavedView.offered(member_id=self.request.member.pk, page=self.key))

    @cached_property
    def actions(self) -> list[BulkAction]:
        """The bulk actions this member may use."""
        member = self.request.member
        return [
            one for one in self.bulk if not one.permission or policy.allowed(member, one.permission)
        ]

    @cached_property
    def tools_key(self) -> tuple[object, ...]:
        """What decides the menus and the bulk bar; see crm.web.parts."""
        urls = tuple(action.url for action in self.actions)
        language, prefix = get_language(), get_script_prefix()
        return (type(self), language, prefix, self.can_export, urls)

    @cached_property
    def can_export(self) -> bool:
        return bool(self.export_permission) and policy.allowed(
            self.request.member, self.export_permission
        )

    @property
    def can_share_views(self) -> bool:
        return policy.allowed(self.request.member, "web.share_views")

    @property
    def refresh_trigger(self) -> str:
        """What makes htmx read the list again."""
        names = [f"tz:refresh-{self.key}", *self.refresh, "tz:resumed"]
        return ", ".join(f"{name} from:body" for name in names)

    # Addresses

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The present query string without paging and without empty values."""
        return [
            (key, value)
            for key, values in self.address.lists()
            for value in values
            if value and key not in CONTROL_KEYS
        ]

    def query_string(self, **changes: str | None) -> str:
        """The present query string with some keys changed or (None) taken out."""
        kept = [pair for pair in self.pairs if pair[0] not in changes]
        return urlencode([*kept, *((key, value) for key, value in changes.items() if value)])

    def url(self, **changes: str | None) -> str:
        """This page with some keys changed; paging starts again unless given."""
        return f"?{self.query_string(**changes)}"

    @property
    def here(self) -> str:
        """This very page, cursor included."""
        return self.url(**{key: self.address.get(key) for key in ("after", "before", "page")})

    @cached_property
    def query(self) -> str:
        return self.query_string()

    @property
    def next_url(self) -> str:
        return self.url(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(before=self.page.previous) if self.page.previous else ""

    # The answer

    @property
    def nothing(self) -> Empty | None:
        """What to say when there is nothing yet; a table may say it by who reads."""
        return self.empty

    def respond(
        self,
        template: str = "web/list.html",
        context: Mapping[str, Any] | None = None,
        *,
        title: Label = "",
        actions: Sequence[Action] = (),
    ) -> HttpResponseBase:
        """The page, its table alone (htmx), one of its panels, or the file asked for."""
        kind = self.address.get("export", "")
        if kind in ("csv", "xlsx") and self.can_export:
            return export_response(self, kind, title=str(title))
        panel = self.address.get("panel", "")
        values = {"title": title, "actions": actions, **(context or {}), "table": self}
        if panel in PANELS and htmx.is_partial(self.request):
            template = f"components/table_{panel}.html"
        elif htmx.target_of(self.request) == f"table-{self.key}":
            template = "components/table.html"
        response = render(self.request, template, values)
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response
