"""Lists of imports, of a file's rows, of arrivals, and of leads nobody has."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm.access import policy
from crm.places import Province
from crm.web import formats, markup
from crm.web.components import Action
from crm.web.tables import (
    BadgeColumn,
    BulkAction,
    ChoiceColumn,
    ChoiceFilter,
    DateFilter,
    Empty,
    HtmlColumn,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    Reader,
    Row,
    SwitchFilter,
    Table,
    TextColumn,
)
from leads.enums import Bucket, Channel, ImportState, RecordKind, TouchOutcome
from leads.models import ImportBatch
from leads.selectors.addresses import merge_screen_of
from leads.selectors.assignment_reasons import waiting_words
from leads.selectors.cases import OVER, visible_cases
from leads.selectors.identity import Pair
from leads.selectors.imports_likeness import ALIKE, likenesses
from leads.selectors.imports_met import NOBODY, Met, cell_of, company_in, records_met
from leads.selectors.imports_words import (
    BUCKET_COLOURS,
    OUTCOME_COLOURS,
    STATE_COLOURS,
    problem_words,
    reason_of_touch,
)

LEAD = RecordKind.LEAD.value
PAGES = {RecordKind.LEAD.value: "leads:detail", RecordKind.CUSTOMER.value: "leads:customer"}
Label = str | Promise


class ImportTable(Table):
    """Every import, newest first."""

    key = "imports"
    sort = "-id"
    columns = (
        HtmlColumn(
            "file__name",
            gettext_lazy("File"),
            html=lambda row, reader: markup.link(
                row["file__name"], reverse("leads:import", args=[row["pk"]]), css="tz-row-link"
            ),
            wanted=("pk", "file__name"),
        ),
        BadgeColumn("state", gettext_lazy("State"), choices=ImportState, colours=STATE_COLOURS),
        ChoiceColumn("channel", gettext_lazy("Source"), choices=Channel),
        TextColumn("campaign", gettext_lazy("Campaign or event")),
        NumberColumn("row_count", pgettext_lazy("file", "Rows")),
        HtmlColumn(
            "created",
            gettext_lazy("New leads"),
            "results",
            align="end",
            html=lambda row, reader: formats.number(row["results"].get("created", 0)),
        ),
        PersonColumn("by", gettext_lazy("Imported by"), "created_by__name", seed="created_by_id"),
        MomentColumn("created_at", gettext_lazy("Uploaded")),
    )
    filters = (
        ChoiceFilter("state", gettext_lazy("State"), choices=ImportState),
        ChoiceFilter("channel", gettext_lazy("Source"), choices=Channel),
        DateFilter("created_at", gettext_lazy("Uploaded")),
    )
    refresh = ("tz:job-changed",)
    empty = Empty(
        gettext_lazy("No file has been imported yet."),
        Action(gettext_lazy("Import a file"), reverse_lazy("leads:import_new"), "upload"),
        "file-import",
    )


class ImportRowTable(Table):
    """The rows of one file with what the check says of each."""

    key = "import-rows"
    sort = "row_number"
    size = 50
    filters = (ChoiceFilter("bucket", gettext_lazy("Result of the check"), choices=Bucket),)

    def __init__(
        self, request: HttpRequest, queryset: QuerySet[Any], *, batch: ImportBatch
    ) -> None:
        super().__init__(request, queryset)
        self.batch = batch
        # on a phone the result is in sight without scrolling
        self.columns = (  # type: ignore[misc]
            NumberColumn("row_number", gettext_lazy("Row"), sort="row_number", align="start"),
            HtmlColumn(
                "company",
                gettext_lazy("Company"),
                "fields",
                html=self._company,
                wanted=("fields", "values"),
            ),
            BadgeColumn(
                "bucket",
                gettext_lazy("Result of the check"),
                choices=Bucket,
                colours=BUCKET_COLOURS,
            ),
            HtmlColumn(
                "why",
                gettext_lazy("Why"),
                "problems",
                html=self._why,
                wanted=("match_kind", "match_id", "match_row", "match_reasons", "fields", "values"),
            ),
            HtmlColumn(
                "contact",
                gettext_lazy("Contact"),
                "fields",
                html=self._contact,
                wanted=("fields", "values"),
            ),
        )

    def _company(self, row: Row, reader: Reader) -> str:
        return markup.text(self._named(row))

    def _named(self, row: Row) -> str:
        """The company as the row has it."""
        return company_in(row["fields"], row["values"], self.batch)

    def _contact(self, row: Row, reader: Reader) -> str:
        fields = row["fields"]
        name = fields.get("contact_name") or cell_of(row["values"], "contact_name", self.batch)
        phone = fields.get("phone") or cell_of(row["values"], "phone", self.batch)
        return markup.text(" · ".join(filter(None, (name, formats.phone(phone) if phone else ""))))

    def _why(self, row: Row, reader: Reader) -> str:
        if row["problems"]:
            words = [problem_words(problem, self.batch.header) for problem in row["problems"]]
            return markup.text(" ".join(words))
        if not row["match_reasons"]:
            return markup.NOTHING
        met = self._met.get((row["match_kind"], row["match_id"]), NOBODY)
        chips = "".join(
            markup.chip(words, tone) for words, tone in met.reasons(row["match_reasons"])[:3]
        )
        return markup.safe(f"{self._whom(row, met)} {chips}")

    def _whom(self, row: Row, met: Met) -> str:
        if row["match_row"]:
            return markup.text(_("Row %(row)s of this file") % {"row": row["match_row"]})
        shown = markup.text(met.name_for(self._named(row)))
        if met.is_visible and met.name:
            page = reverse(PAGES[row["match_kind"]], args=[row["match_id"]])
            shown = markup.link(met.name, page, drawer=True)
        return f"{shown} {markup.person(met.owner)}" if met.owner else str(shown)

    @cached_property
    def _met(self) -> dict[Pair, Met]:
        """The records this page's rows meet."""
        pairs = {(row["match_kind"], row["match_id"]) for row in self.page.rows}
        return records_met(self.request.member, {pair for pair in pairs if pair[0] in PAGES})

    @property
    def hidden(self) -> list[Pair]:
        """Those shown of which the reader may not see more than a card."""
        met = self._met if "why" in {column.key for column in self.visible} else {}
        return sorted(pair for pair, one in met.items() if not one.is_visible)


class TouchTable(Table):
    """Arrivals as they came, and what became of them."""

    key = "touches"
    sort = "-id"
    columns = (
        HtmlColumn(
            "payload",
            gettext_lazy("As received"),
            "payload",
            html=lambda row, reader: markup.text(received_words(row["payload"])),
        ),
        BadgeColumn(
            "outcome", gettext_lazy("Outcome"), choices=TouchOutcome, colours=OUTCOME_COLOURS
        ),
        HtmlColumn(
            "why",
            gettext_lazy("Why"),
            "outcome_reason",
            html=lambda row, reader: markup.text(
                reason_of_touch(row["outcome_reason"], row["outcome"])
            ),
            wanted=("outcome_reason", "outcome"),
        ),
        HtmlColumn(
            "lead__company_name",
            gettext_lazy("Lead"),
            "lead__company_name",
            html=lambda row, reader: _lead_met(row, reader),
            plain=lambda row: row["lead__company_name"],
            wanted=("lead_id", "payload"),
        ),
        ChoiceColumn("channel", gettext_lazy("Source"), choices=Channel),
        MomentColumn("received_at", gettext_lazy("Received")),
    )
    filters = (
        ChoiceFilter("channel", gettext_lazy("Source"), choices=Channel),
        ChoiceFilter("outcome", gettext_lazy("Outcome"), choices=TouchOutcome),
    )
    empty = Empty(gettext_lazy("Nothing has come in this way."))

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Each with its lead as the reader may know it: of others' what was in the arrival."""
        if "lead__company_name" not in {column.key for column in self.visible}:
            return [{**row, "hidden": None} for row in rows]
        pairs = {(LEAD, row["lead_id"]) for row in rows if row["lead_id"]}
        met = records_met(self.request.member, pairs)
        return [self._told(row, met.get((LEAD, row["lead_id"]), NOBODY)) for row in rows]

    def _told(self, row: Row, met: Met) -> Row:
        if met.is_visible:
            return {**row, "hidden": None}
        name = met.name_for(*cells_of(row["payload"]))
        return {**row, "lead__company_name": name, "lead_id": None, "hidden": row["lead_id"]}

    @property
    def hidden(self) -> list[Pair]:
        """Those leads of this page of which the reader may see no more than a card."""
        return sorted((LEAD, row["hidden"]) for row in self.page.rows if row["hidden"])


class ArrivalTable(TouchTable):
    """The arrivals of one import with their collision cases; one may be opened where none is."""

    key = "import-arrivals"
    filters = (  # type: ignore[assignment]
        *(one for one in TouchTable.filters if one.key != "channel"),
        SwitchFilter(
            "in_case",
            gettext_lazy("In a collision case"),
            when=lambda scope: Q(case__isnull=False),
        ),
        SwitchFilter("alike", gettext_lazy("Probable duplicate of ours"), when=lambda scope: ALIKE),
    )
    refresh = ("case-changed", "records-merged")
    empty = Empty(gettext_lazy("No row of this file is in yet."))

    def __init__(
        self, request: HttpRequest, queryset: QuerySet[Any], *, batch: ImportBatch
    ) -> None:
        super().__init__(request, queryset)
        self.batch = batch
        kept = {one.key: one for one in TouchTable.columns}
        # one file came by one channel; on a phone the case is in sight without scrolling
        self.columns = (  # type: ignore[misc, assignment]
            kept["payload"],
            HtmlColumn(
                "case",
                pgettext_lazy("collision", "Case"),
                "outcome",
                html=self._case,
                wanted=("pk", "case_id"),
            ),
            kept["outcome"],
            HtmlColumn(
                "why",
                gettext_lazy("Why"),
                "outcome_reason",
                html=self._why,
                wanted=("outcome_reason", "outcome", "lead_id", "case_id"),
            ),
            kept["lead__company_name"],
            kept["received_at"],
        )

    def _why(self, row: Row, reader: Reader) -> str:
        said = markup.text(reason_of_touch(row["outcome_reason"], row["outcome"]))
        met = self._alike.get(row["lead_id"])
        if met is None or row["outcome"] != TouchOutcome.CREATED or not self._may_merge:
            return str(said)
        link = markup.link(pgettext("records", "Merge…"), merge_screen_of(met, row["lead_id"]))
        return markup.safe(f"{said} {link}")

    @cached_property
    def _may_merge(self) -> bool:
        return policy.allowed(self.request.member, "leads.merge_lead")

    @cached_property
    def _alike(self) -> dict[int, tuple[str, int]]:
        """The records that this page's new leads are probably the same as."""
        rows = [one for one in self.page.rows if one["outcome"] == TouchOutcome.CREATED]
        arrivals = [(one["lead_id"], one["outcome_reason"]) for one in rows if not one["case_id"]]
        return likenesses(self.request.member, arrivals)

    def _case(self, row: Row, reader: Reader) -> str:
        case = self._cases.get(row["case_id"])
        shown = ""
        if case is not None:
            shown = markup.link(case[0], reverse("leads:case", args=[row["case_id"]]), drawer=True)
        if row["outcome"] != TouchOutcome.COLLIDED or not self._may_open:
            return shown
        if row["case_id"] and (case is None or case[1] not in OVER):
            return shown
        address = reverse("leads:import_open_case", args=[self.batch.pk, row["pk"]])
        link = markup.link(_("Open a case"), address, drawer=True)
        return markup.safe(f"{shown} {link}")

    @cached_property
    def _may_open(self) -> bool:
        return policy.allowed(self.request.member, "leads.open_case")

    @cached_property
    def _cases(self) -> dict[int, tuple[str, str]]:
        """Number and state of this page's cases, as far as the reader may read them."""
        wanted = {row["case_id"] for row in self.page.rows} - {None}
        cases = visible_cases(self.request.member).filter(pk__in=wanted).order_by()
        return {
            pk: (number, state) for pk, number, state in cases.values_list("pk", "number", "state")
        }


def _lead_met(row: Row, reader: Reader) -> str:
    """The lead, with its page for whoever may open it."""
    if not row["lead_id"]:
        return markup.text(row["lead__company_name"] or "")
    page = reader.url_maker("leads:detail")(row["lead_id"])
    return markup.link(row["lead__company_name"], page, css="tz-row-link", drawer=True)


def cells_of(payload: Mapping[str, Any]) -> list[str]:
    """What came, cell by cell."""
    values = payload.get("values") or payload.values()
    return [value for value in values if isinstance(value, str) and value]


def received_words(payload: dict[str, Any]) -> str:
    """What came, shortened: the first few values."""
    return " · ".join(cells_of(payload))[:90]


class UnassignedTable(Table):
    """Open leads nobody works on, each with the reason."""

    key = "unassigned"
    sort = "-id"
    columns = (
        LinkColumn("company_name", gettext_lazy("Company"), url="leads:detail", sort="sort_key"),
        HtmlColumn(
            "reason",
            gettext_lazy("Unassigned because"),
            "unassigned_reason",
            html=lambda row, reader: markup.badge(waiting_words(row["unassigned_reason"]), "amber"),
        ),
        ChoiceColumn("province", gettext_lazy("Province"), choices=Province),
        ChoiceColumn("channel", gettext_lazy("Source"), choices=Channel),
        MomentColumn("created_at", gettext_lazy("Arrived")),
    )
    filters = (
        ChoiceFilter("province", gettext_lazy("Province"), choices=Province),
        ChoiceFilter("channel", gettext_lazy("Source"), choices=Channel),
    )
    bulk = (
        BulkAction(
            gettext_lazy("Assign"),
            "leads:assign_waiting",
            "user-share",
            "leads.assign_lead",
            frame="modal",
        ),
    )
    refresh = ("lead-updated", "lead-created", "tz:job-changed")
    empty = Empty(gettext_lazy("Every open lead has an owner."), icon="circle-check")


def again(label: Label) -> Action:
    """The button that asks the rules again for everything that waits."""
    return Action(label, reverse("leads:retry_unassigned"), "refresh", method="post")
