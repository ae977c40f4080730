"""Imports: one page from file to result, the rows behind every figure, files handed back."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.audit import services as audit
from crm.files.services import FileRefused, serve
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action, Step
from crm.web.formats import listed
from leads.enums import Bucket, Channel, ImportState, TouchOutcome
from leads.forms.cases import ClaimForm
from leads.forms.imports import (
    MANY_CASES,
    StartForm,
    UploadForm,
    column_choices,
    field_options,
    mapping_errors,
    read_mapping,
)
from leads.models import ImportBatch, ImportRow
from leads.selectors import imports as selectors
from leads.selectors.identity import Pair
from leads.selectors.imports_cases import foreseen
from leads.selectors.imports_likeness import own_alike
from leads.selectors.imports_met import Met, company_in, pair_of, with_records
from leads.selectors.imports_words import (
    file_problem_words,
    problem_words,
)
from leads.services import imports as services
from leads.services.imports_cases import claim_arrival
from leads.services.imports_files import bucket_file
from leads.services.lookups import note_listed
from leads.services.refusals import WrongState
from leads.tables.imports import ArrivalTable, ImportRowTable, ImportTable, TouchTable
from leads.views.import_tiles import first_look, preview_tiles, result_tiles

STEPS = (
    (ImportState.UPLOADED, pgettext_lazy("import step", "Columns")),
    (ImportState.CHECKED, pgettext_lazy("import step", "Preview")),
    (ImportState.RUNNING, pgettext_lazy("import step", "Import")),
)
REACHED = {
    ImportState.UPLOADED: 1,
    ImportState.FAILED: 1,
    ImportState.CHECKING: 2,
    ImportState.CHECKED: 2,
    ImportState.RUNNING: 3,
    ImportState.CANCELLED: 3,
    ImportState.DONE: 4,
}
FILE_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A workbook is written cell by cell; beyond this a CSV is the file to ask for.
MOST_WORKBOOK_ROWS = 20_000


def import_or_404(request: TenantRequest, pk: int) -> ImportBatch:
    """An import the member may see."""
    found: ImportBatch = get_object_or_404(selectors.visible_imports(request.member), pk=pk)
    return found


@needs(selectors.IMPORT)
def import_list(request: TenantRequest) -> HttpResponseBase:
    """Every import so far."""
    table = ImportTable(request, selectors.visible_imports(request.member))
    new = Action(_("Import a file"), reverse("leads:import_new"), "upload", kind="primary")
    return table.respond(title=_("Imports"), actions=[new])


@needs(selectors.IMPORT)
def upload_file(request: TenantRequest) -> HttpResponse:
    """Step one: the file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = services.upload_leads(
                upload=data["file"],
                by=request.member,
                channel=data["channel"],
                campaign=data["campaign"],
            )
        except FileRefused as reason:
            form.add_error("file", str(reason))
        except services.FileUnreadable as reason:
            form.add_error("file", file_problem_words(reason.error))
        else:
            return htmx.done(request, url=reverse("leads:import", args=[batch.pk]))
    context = {
        "form": form,
        "title": _("Import leads"),
        "submit": _("Read the file"),
        "cancel_url": reverse("leads:imports"),
        "steps": steps_of(None),
    }
    return htmx.form_page(request, "leads/import/upload.html", context)


@needs(selectors.IMPORT)
def import_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """The import wherever it is now; its body reads itself again while a worker is at work."""
    batch = import_or_404(request, pk)
    return respond(request, page_of(batch, choices=batch.mapping))


def respond(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The body alone when it is what will be replaced, else the page."""
    is_body = htmx.target_of(request) == "import-body"
    template = "leads/import/detail.html"
    return render(request, f"{template}#body" if is_body else template, context, status=status)


def page_of(batch: ImportBatch, *, choices: dict[str, str]) -> dict[str, Any]:
    """What the page shows in the import's present state."""
    context: dict[str, Any] = {
        "batch": batch,
        "title": batch.file.name,
        "steps": steps_of(batch),
        "actions": [Action(_("All imports"), reverse("leads:imports"), "list")],
        "state": batch.state,
        "is_busy": batch.is_busy,
    }
    if batch.state == ImportState.UPLOADED:
        context |= {"columns": column_choices(batch, choices), "options": field_options()}
    elif batch.state == ImportState.FAILED:
        context["problem"] = file_problem_words(batch.error)
    elif batch.state == ImportState.CHECKING:
        context["done"] = min(sum(batch.counts.values()), batch.row_count)
    elif batch.state == ImportState.CHECKED:
        counts = selectors.bucket_counts(batch)
        cases = foreseen(batch)
        context |= {
            "tiles": preview_tiles(batch, counts),
            "counts": counts,
            "with_probable": counts["new"] + counts["probable"],
            "cases": cases,
            "must_agree": sum(cases) > MANY_CASES,
            "own": own_alike(batch),
        }
    else:
        context |= _running(batch) if batch.state == ImportState.RUNNING else _result(batch)
    return context


def _running(batch: ImportBatch) -> dict[str, Any]:
    """How far it is: the page asks every second, so from the import itself and nothing else."""
    done = sum(batch.results.values())
    collided, owned = (
        int(batch.results.get(TouchOutcome.COLLIDED, 0)),
        int(batch.counts.get(Bucket.OWNED, 0)),
    )
    return {
        "done": min(done, batch.row_count),
        "is_telling": done >= batch.row_count,
        "collided": collided,
        "colliding": max(collided, owned),
    }


def _result(batch: ImportBatch) -> dict[str, Any]:
    return {
        "done": min(sum(batch.results.values()), batch.row_count),
        "tiles": result_tiles(batch),
        "counts": selectors.bucket_counts(batch),
        "first": first_look(batch),
    }


def steps_of(batch: ImportBatch | None) -> list[Step]:
    """Four steps on one page: file, columns, preview, import."""
    reached = REACHED[ImportState(batch.state)] if batch else 0
    labels = [pgettext_lazy("import step", "File"), *(label for _state, label in STEPS)]
    states = ["done" if n < reached else "now" if n == reached else "later" for n in range(4)]
    return [Step(label, state) for label, state in zip(labels, states, strict=True)]


@require_POST
@needs(selectors.IMPORT)
def choose_columns(request: TenantRequest, pk: int) -> HttpResponse:
    """Step two: what the columns hold; then every row is checked."""
    batch = import_or_404(request, pk)
    mapping = read_mapping(request.POST)
    errors = mapping_errors(mapping)
    if errors:
        context = page_of(batch, choices=mapping) | {"errors": errors}
        return respond(request, context, status=422)
    return _do(request, pk, lambda: services.choose_columns(batch_id=pk, mapping=mapping))


@require_POST
@needs(selectors.IMPORT)
def choose_sheet(request: TenantRequest, pk: int) -> HttpResponse:
    """Read another sheet of the workbook instead."""
    batch = import_or_404(request, pk)
    sheet = request.POST.get("sheet", "")
    try:
        return _do(request, pk, lambda: services.choose_sheet(batch_id=pk, sheet=sheet))
    except services.FileUnreadable as reason:
        errors = [file_problem_words(reason.error)]
        context = page_of(batch, choices=batch.mapping) | {"errors": errors}
        return respond(request, context, status=422)


@require_POST
@needs(selectors.IMPORT)
def change_columns(request: TenantRequest, pk: int) -> HttpResponse:
    """Back to step two."""
    return _do(request, pk, lambda: services.change_columns(batch_id=pk))


@require_POST
@needs(selectors.IMPORT)
def start_import(request: TenantRequest, pk: int) -> HttpResponse:
    """Step four: import the checked rows."""
    batch = import_or_404(request, pk)
    form = StartForm(request.POST, cases=foreseen(batch))
    if batch.state == ImportState.CHECKED and not form.is_valid():
        context = page_of(batch, choices=batch.mapping) | {"refused": form}
        return respond(request, context, status=422)
    wanted = "include_probable" in request.POST
    return _do(request, pk, lambda: services.start_import(batch_id=pk, include_probable=wanted))


@require_POST
@needs(selectors.IMPORT)
def cancel_import(request: TenantRequest, pk: int) -> HttpResponse:
    """Stop behind the rows that are in already."""
    return _do(request, pk, lambda: services.cancel_import(batch_id=pk))


def _do(request: TenantRequest, pk: int, service: Any) -> HttpResponse:
    """Do one thing with an import; a step that is past changes nothing. Then show where it is."""
    batch = import_or_404(request, pk)
    with suppress(WrongState):
        service()
    if htmx.target_of(request) == "import-body":
        batch = import_or_404(request, pk)
        return respond(request, page_of(batch, choices=batch.mapping))
    return HttpResponseRedirect(reverse("leads:import", args=[pk]))


@needs(selectors.IMPORT)
def import_rows(request: TenantRequest, pk: int) -> HttpResponseBase:
    """The rows of a file, by bucket."""
    batch = import_or_404(request, pk)
    table = ImportRowTable(request, selectors.rows_of(batch), batch=batch)
    bucket = request.GET.get("bucket", "")
    actions = _downloads(batch, bucket) if bucket in Bucket.values else []
    back = Action(_("Back to the import"), reverse("leads:import", args=[pk]), "arrow-left")
    answer = table.respond(title=batch.file.name, actions=[back, *actions])
    note_listed(table.hidden, shown=len(table.page.rows))
    return answer


def _downloads(batch: ImportBatch, bucket: str) -> list[Action]:
    kinds = [("csv", "CSV")]
    if selectors.bucket_counts(batch)[bucket] <= MOST_WORKBOOK_ROWS:
        kinds.insert(0, ("xlsx", "Excel"))
    return [
        Action(label, reverse("leads:import_file", args=[batch.pk, bucket, kind]), "download")
        for kind, label in kinds
    ]


@needs(selectors.IMPORT)
def import_touches(request: TenantRequest, pk: int) -> HttpResponseBase:
    """What became of the rows of a file."""
    batch = import_or_404(request, pk)
    table = ArrivalTable(request, selectors.touches_of(batch), batch=batch)
    back = Action(_("Back to the import"), reverse("leads:import", args=[pk]), "arrow-left")
    answer = table.respond(title=batch.file.name, actions=[back])
    note_listed(table.hidden, shown=len(table.page.rows))
    return answer


@needs("leads.open_case")
def open_case(request: TenantRequest, pk: int, arrival: int) -> HttpResponse:
    """A row met somebody else's client: let the nearest superior of both decide."""
    batch = import_or_404(request, pk)
    collided = selectors.touches_of(batch).filter(outcome=TouchOutcome.COLLIDED)
    touch = get_object_or_404(collided, pk=arrival)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = claim_arrival(touch_id=touch.pk, by=request.member, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:case", args=[case.pk]),
                message=_("Collision %(number)s is open.") % {"number": case.number},
                trigger="case-changed",
            )
    context = {
        "form": form,
        "title": _("Open a collision case"),
        "submit": _("Open a case"),
        "hint": _("Its owner and the managers are told; the nearest superior of both decides."),
    }
    return htmx.form_page(request, "web/form.html", context)


@require_GET
@needs(selectors.IMPORT)
def import_file(request: TenantRequest, pk: int, bucket: str, kind: str) -> FileResponse:
    """A bucket's rows as a marked file: to be corrected and uploaded again."""
    batch = import_or_404(request, pk)
    if bucket not in Bucket.values or kind not in FILE_TYPES:
        raise Http404
    count = selectors.bucket_counts(batch)[bucket]
    if kind == "xlsx" and count > MOST_WORKBOOK_ROWS:
        raise Http404
    rows = selectors.rows_of(batch, bucket).order_by("row_number").iterator(chunk_size=2_000)
    hidden: set[Pair] = set()
    target = bucket_file(batch, _marked(rows, batch, request.member, hidden), kind=kind)
    note_listed(sorted(hidden), shown=count)
    # rows of the member's own file, to be corrected: noted, but nobody is asked why
    audit.record("file.downloaded", target=batch.file, file=batch.file.name, rows=count)
    response = FileResponse(target, as_attachment=True, content_type=FILE_TYPES[kind])
    stem = batch.file.name.rpartition(".")[0]
    name = quote(f"{stem} · {Bucket(bucket).label}.{kind}")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _marked(
    rows: Iterable[ImportRow], batch: ImportBatch, member: Member, hidden: set[Pair]
) -> Iterator[tuple[Sequence[str], str]]:
    """Cells and marker of each row; `hidden` learns whose clients the member was told of."""
    for row, met in with_records(member, rows):
        pair = pair_of(row)
        if pair and not met.is_visible:
            hidden.add(pair)
        yield row.values, marker_of(row, batch, met)


def marker_of(row: ImportRow, batch: ImportBatch, met: Met) -> str:
    """What the last column of a marked file says of a row."""
    said = [problem_words(problem, batch.header) for problem in row.problems]
    if row.match_reasons:
        whom = [met.name_for(company_in(row.fields, row.values, batch)), met.owner]
        if row.match_row:
            whom = [_("Row %(row)s of this file") % {"row": row.match_row}]
        reasons = listed(words for words, _tone in met.reasons(row.match_reasons))
        said.append(" · ".join(part for part in (*whom, reasons) if part))
    label = Bucket(row.bucket).label
    words = pgettext("import row", "%(bucket)s: %(why)s")
    return words % {"bucket": label, "why": " ".join(said)} if said else str(label)


@require_GET
@needs(selectors.IMPORT)
def original_file(request: TenantRequest, pk: int) -> FileResponse:
    """The file as it was uploaded."""
    return serve(import_or_404(request, pk).file)


@needs("leads.view_channels")
def channels(request: TenantRequest) -> HttpResponse:
    """What came in through each channel and what became of it; every row balances."""
    rows = reverse("leads:touches")
    outcomes = [one for one in TouchOutcome if one != TouchOutcome.PENDING]
    lines = []
    total: dict[str, int] = {}
    for balance in selectors.channel_balances():
        if not balance.received:
            continue
        cells = [
            (balance.outcomes.get(one, 0), f"{rows}?channel={balance.channel}&outcome={one.value}")
            for one in (*outcomes, TouchOutcome.PENDING)
        ]
        for one, (number, _url) in zip((*outcomes, TouchOutcome.PENDING), cells, strict=True):
            total[one.value] = total.get(one.value, 0) + number
        label = Channel(balance.channel).label
        lines.append((label, balance.received, f"{rows}?channel={balance.channel}", cells))
    totals = [total.get(one.value, 0) for one in (*outcomes, TouchOutcome.PENDING)]
    context = {
        "title": _("Channels"),
        "heads": [one.label for one in (*outcomes, TouchOutcome.PENDING)],
        "lines": lines,
        "totals": totals,
        "received": sum(totals),
        "rows": rows,
        "begin": _ways_in(request.member),
    }
    return render(request, "leads/import/channels.html", context)


def _ways_in(member: Member) -> Action | None:
    """How a first lead comes in, for whoever may bring one."""
    if policy.allowed(member, selectors.IMPORT):
        return Action(_("Import leads"), reverse("leads:import_new"), "upload")
    if policy.allowed(member, "leads.create_lead"):
        return Action(_("Add a lead"), reverse("leads:create"), "plus", frame="drawer")
    return None


@needs("leads.view_channels")
def touches(request: TenantRequest) -> HttpResponseBase:
    """Arrivals behind the figures."""
    table = TouchTable(request, selectors.touches())
    back = Action(_("Channels"), reverse("leads:channels"), "arrow-left")
    answer = table.respond(title=gettext_lazy("Arrivals"), actions=[back])
    note_listed(table.hidden, shown=len(table.page.rows))
    return answer
