"""The editor of quotes and orders: what was typed, what it costs, whether it is saved.

Lines post the same names row by row, so they are kept as they stand on the page. The structure
(add, remove, move) changes here, on the server; the browser never counts rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.models import Member
from crm.web.asked import record_id, record_ids
from orders.drafts import LineDraft, Terms
from orders.errors import FaultyLines, OrderError, StaleDocument
from orders.forms.documents import LineForm, TermsForm, typed
from orders.forms.orders import OrderTermsForm
from orders.forms.quotes import QuoteTermsForm
from orders.models import PricedDocument, Product
from orders.selectors.summaries import LineView, TaxRow, line_view, lines_of, tax_rows_of
from orders.services import approval, documents, editing, offering, quotes

RowData = Mapping[str, str]
Typed = tuple[Terms, Sequence[LineDraft]]


@dataclass(frozen=True)
class Kind:
    """What the editor has to know of quotes, and of orders."""

    form: type[TermsForm]
    # writes what was typed, given the id and the version it was typed into
    save: Callable[[int, int, Typed], PricedDocument]
    # what follows when it is ready: sent, or submitted for approval
    hand_on: Callable[[int, Member], object]
    # names of addresses: its page, its editor, the search for products
    detail: str
    edit: str
    hits: str
    event: str
    ready: Promise
    saved: Promise
    handed_on: Promise


def save_order(pk: int, version: int, typed: Typed) -> PricedDocument:
    terms, lines = typed
    return editing.save_order(order_id=pk, version=version, terms=terms, lines=lines)[0]


def save_quote(pk: int, version: int, typed: Typed) -> PricedDocument:
    terms, lines = typed
    return quotes.save_quote(quote_id=pk, version=version, terms=terms, lines=lines)[0]


ORDER = Kind(
    form=OrderTermsForm,
    save=save_order,
    hand_on=lambda pk, member: approval.submit_order(order_id=pk, by=member),
    detail="orders:detail",
    edit="orders:edit",
    hits="orders:product_hits",
    event="order-changed",
    ready=gettext_lazy("Submit for approval"),
    saved=gettext_lazy("Order saved."),
    handed_on=gettext_lazy("Submitted for approval."),
)
QUOTE = Kind(
    form=QuoteTermsForm,
    save=save_quote,
    hand_on=lambda pk, member: offering.send_quote(quote_id=pk, by=member),
    detail="orders:quote",
    edit="orders:edit_quote",
    hits="orders:quote_product_hits",
    event="quote-changed",
    ready=gettext_lazy("Mark as sent"),
    saved=gettext_lazy("Quote saved."),
    handed_on=gettext_lazy("Marked as sent."),
)


@dataclass
class Row:
    """One line on the page: its inputs, its product and, when it could be priced, its figures."""

    index: int
    form: LineForm
    product: Product | None
    figures: LineView | None = None
    fault: str = ""

    @property
    def is_first(self) -> bool:
        return self.index == 0

    @property
    def catalogue_price(self) -> str:
        """What the price would be if none was agreed: the placeholder of the price's field."""
        if self.figures is None:
            return ""
        base = [step for step in self.figures.steps if step.code in ("list_price", "book_price")]
        return base[-1].price if base else ""


@dataclass
class Sheet:
    """Everything the editor shows."""

    kind: Kind
    document: PricedDocument
    terms: TermsForm
    rows: list[Row]
    version: int
    state: str = "saved"  # saved, unsaved, stale
    message: str = ""
    tax_rows: list[TaxRow] = field(default_factory=list)

    @property
    def is_stale(self) -> bool:
        return self.state == "stale"

    @property
    def typed(self) -> Typed:
        """What was typed, for the service."""
        return self.terms.terms, [row.form.draft for row in self.rows]

    @property
    def edit_url(self) -> str:
        return reverse(self.kind.edit, args=[self.document.pk])

    @property
    def detail_url(self) -> str:
        return reverse(self.kind.detail, args=[self.document.pk])

    @property
    def hits_url(self) -> str:
        return reverse(self.kind.hits, args=[self.document.pk])


def open_sheet(kind: Kind, document: PricedDocument, member: Member) -> Sheet:
    """The quote or order as it is saved."""
    sheet = Sheet(
        kind=kind,
        document=document,
        terms=kind.form(instance=document, member=member),
        rows=build_rows([typed(draft) for draft in documents.drafts_of(document)]),
        version=document.version,
    )
    show_figures(sheet)
    return sheet


def read_sheet(
    kind: Kind, document: PricedDocument, member: Member, post: QueryDict, operation: str
) -> Sheet:
    """What was typed, after what the pressed button asks: add:12, remove:0, overwrite:7."""
    data = change_rows(posted_rows(post), operation)
    verb, _colon, chosen = operation.partition(":")
    version = chosen if verb == "overwrite" else post.get("version", "")
    sheet = Sheet(
        kind=kind,
        document=document,
        terms=kind.form(post, instance=document, member=member),
        rows=build_rows(data),
        version=record_id(version) or 0,
        state="unsaved",
    )
    show_saved_figures(sheet)
    return sheet


def show_saved_figures(sheet: Sheet) -> None:
    """Until what was typed is saved, the page shows what the saved lines cost."""
    lines = lines_of(sheet.document)
    sheet.tax_rows = tax_rows_of(lines)
    views = {str(line.pk): line_view(line, sheet.document.currency) for line in lines}
    for row in sheet.rows:
        row.figures = views.get(str(row.form.data.get("line", "")))


def posted_rows(post: QueryDict) -> list[RowData]:
    """The rows of inputs in the order they stood on the page."""
    columns = [post.getlist(name) for name in LineForm.NAMES]
    return [
        dict(zip(LineForm.NAMES, values, strict=True)) for values in zip(*columns, strict=False)
    ]


def change_rows(rows: Sequence[RowData], operation: str) -> list[RowData]:
    """Add, remove or move a row; anything else leaves them alone."""
    changed = list(rows)
    verb, _colon, number = operation.partition(":")
    place = record_id(number)
    if place is None:
        return changed
    if verb == "add":
        return [*changed, {"product": number, "quantity": "1"}]
    if place >= len(changed):
        return changed
    if verb == "remove":
        del changed[place]
    other = {"up": place - 1, "down": place + 1}.get(verb, place)
    if verb in ("up", "down") and 0 <= other < len(changed):
        changed[place], changed[other] = changed[other], changed[place]
    return changed


def build_rows(data: Sequence[RowData]) -> list[Row]:
    """A form per row, with its product."""
    products = Product.objects.in_bulk(record_ids(row.get("product", "") for row in data))
    return [
        Row(
            index=index,
            form=LineForm(dict(row), auto_id=f"row-{index}-%s"),
            product=products.get(record_id(row["product"]) or 0),
        )
        for index, row in enumerate(data)
    ]


def save_sheet(sheet: Sheet) -> bool:
    """Save what was typed. False, with the reason at its place, when it cannot be saved."""
    if not sheet.terms.is_valid() or any(row.form.errors for row in sheet.rows):
        sheet.message = first_fault(sheet)
        return False
    try:
        document = sheet.kind.save(sheet.document.pk, sheet.version, sheet.typed)
    except FaultyLines as reason:
        for place, fault in reason.lines.items():
            sheet.rows[place].fault = fault
        sheet.message = str(reason)
        return False
    except StaleDocument as reason:
        sheet.state, sheet.message = "stale", str(reason)
        return False
    except OrderError as reason:
        sheet.message = str(reason)
        return False
    sheet.document, sheet.version, sheet.state = document, document.version, "saved"
    show_figures(sheet)
    return True


def first_fault(sheet: Sheet) -> str:
    """The first thing to put right, naming its place."""
    for row in sheet.rows:
        for errors in row.form.errors.values():
            where = row.product.name if row.product else str(row.index + 1)
            return f"{where}: {errors[0]}"
    for name, errors in sheet.terms.errors.items():
        label = sheet.terms.fields[name].label if name in sheet.terms.fields else ""
        return f"{label}: {errors[0]}"
    return _("Something is missing.")


def show_figures(sheet: Sheet) -> None:
    """Put the saved lines' figures beside the rows, which stand in the same order."""
    lines = lines_of(sheet.document)
    sheet.tax_rows = tax_rows_of(lines)
    for row, line in zip(sheet.rows, lines, strict=False):
        row.figures = line_view(line, sheet.document.currency)
        row.product = line.product
        if str(line.pk) != row.form.data.get("line"):
            row.form.data = {**row.form.data, "line": str(line.pk)}
