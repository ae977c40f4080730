from decimal import Decimal

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out
from crm.web.components import Action, Fact, Tab
from crm.web.facts import trimmed
from orders import words
from orders.forms.products import PriceBookForm, PriceForm, ProductForm
from orders.models import PriceBook, PriceBookEntry, Product
from orders.services import catalogue
from orders.tables.products import PriceBookTable, PriceTable, ProductTable


def catalogue_tabs(active: str) -> list[Tab]:
    """Products and price books lie side by side."""
    return [
        Tab("products", _("Products"), reverse("orders:products"), None, active == "products"),
        Tab("books", _("Price books"), reverse("orders:price_books"), None, active == "books"),
    ]


def creation(request: TenantRequest, label: str, name: str) -> Action | None:
    """The button that adds one, for those who may."""
    if not may_edit(request):
        return None
    return Action(label, reverse(name), "plus", kind="primary", frame="drawer")


def may_edit(request: TenantRequest) -> bool:
    return policy.allowed(request.member, "orders.edit_product")


@needs("orders.view_product")
def product_list(request: TenantRequest) -> HttpResponseBase:
    """What we sell, and at which list price."""
    create = creation(request, _("New product"), "orders:create_product")
    table = ProductTable(request, Product.objects.all(), create=create)
    actions = [create] if create else []
    context = {"tabs": catalogue_tabs("products")}
    return table.respond("orders/catalogue.html", context, title=_("Products"), actions=actions)


@needs("orders.view_product")
def product_detail(request: TenantRequest, product_id: int) -> HttpResponse:
    """A product: its prices in every book; administrators and finance can change it."""
    product = get_object_or_404(Product, pk=product_id)
    prices = product.price_entries.select_related("price_book").order_by(
        "price_book__name", "min_quantity", "id"
    )
    context = {
        "product": product,
        "facts": product_facts(product),
        "prices": prices,
        "actions": product_actions(request, product),
    }
    return render(request, "orders/product.html", context)


def product_facts(product: Product) -> list[Fact]:
    """What one unit is sold for, and what it costs us."""

    def each(price: Decimal | None) -> str:
        return words.unit_price(price, product.currency)

    facts = [
        Fact(_("List price"), f"{each(product.list_price)} / {product.unit}", hint=_("with tax")),
        Fact(_("Floor price"), each(product.floor_price)),
        Fact(_("Cost"), each(product.cost), shows="cost"),
        Fact(_("Tax rate"), words.percent(product.tax_rate)),
    ]
    if product.description:
        facts.append(Fact(_("Description"), product.description))
    return trimmed(product, facts)


def product_actions(request: TenantRequest, product: Product) -> list[Action]:
    """Change it, or take it off sale."""
    if not may_edit(request):
        return []
    edit = reverse("orders:edit_product", args=[product.pk])
    toggle = "orders:archive_product" if product.is_active else "orders:restore_product"
    label = _("Archive") if product.is_active else _("Put on sale again")
    icon = "archive" if product.is_active else "refresh"
    return [
        Action(_("Edit product"), edit, "pencil", kind="primary", frame="drawer"),
        Action(label, reverse(toggle, args=[product.pk]), icon, method="post"),
    ]


@needs("orders.edit_product")
def create_product(request: TenantRequest) -> HttpResponse:
    """Add a product."""
    return _product_form(request, Product(), _("New product"), _("Add product"))


@needs("orders.edit_product")
def edit_product(request: TenantRequest, product_id: int) -> HttpResponse:
    """Change a product; orders written before keep their prices."""
    product = get_object_or_404(Product, pk=product_id)
    return _product_form(request, product, product.name, _("Save product"))


def _product_form(
    request: TenantRequest, product: Product, title: str, submit: str
) -> HttpResponse:
    form = ProductForm(request.POST or None, instance=product)
    if carried_out(form, lambda: catalogue.save_product(form.instance), field="code"):
        return htmx.done(
            request,
            url=reverse("orders:product", args=[form.instance.pk]),
            message=_("Product saved."),
            trigger="product-changed",
        )
    context = {"form": form, "title": title, "submit": submit}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("orders.edit_product")
def archive_product(request: TenantRequest, product_id: int) -> HttpResponse:
    """Take it off sale; undo puts it back."""
    return _set_active(request, product_id, is_active=False)


@require_POST
@needs("orders.edit_product")
def restore_product(request: TenantRequest, product_id: int) -> HttpResponse:
    """Put it on sale again."""
    return _set_active(request, product_id, is_active=True)


def _set_active(request: TenantRequest, product_id: int, *, is_active: bool) -> HttpResponse:
    get_object_or_404(Product, pk=product_id)
    product = catalogue.set_product_active(product_id=product_id, is_active=is_active)
    undo = "orders:archive_product" if is_active else "orders:restore_product"
    url = reverse("orders:product", args=[product.pk])
    if not htmx.is_partial(request):
        return htmx.done(request, url=url, message=product.name)
    response = htmx.announce(HttpResponse(status=204), "product-changed")
    message = _("On sale again.") if is_active else _("Archived.")
    return htmx.toast(response, message, undo=reverse(undo, args=[product.pk]))


@needs("orders.view_product")
def price_book_list(request: TenantRequest) -> HttpResponseBase:
    """Agreed prices, by book."""
    create = creation(request, _("New price book"), "orders:create_price_book")
    table = PriceBookTable(request, PriceBook.objects.all(), create=create)
    actions = [create] if create else []
    context = {"tabs": catalogue_tabs("books")}
    return table.respond("orders/catalogue.html", context, title=_("Price books"), actions=actions)


@needs("orders.view_product")
def price_book_detail(request: TenantRequest, book_id: int) -> HttpResponseBase:
    """One book and its prices."""
    book = get_object_or_404(PriceBook, pk=book_id)
    actions = []
    if may_edit(request):
        add = reverse("orders:create_price", args=[book.pk])
        edit = reverse("orders:edit_price_book", args=[book.pk])
        actions = [
            Action(_("Add a price"), add, "plus", kind="primary", frame="modal"),
            Action(_("Edit book"), edit, "pencil", frame="modal"),
        ]
    rows = PriceBookEntry.objects.filter(price_book=book)
    table = PriceTable(request, rows, create=actions[0] if actions else None)
    context = {"book": book}
    return table.respond("orders/price_book.html", context, title=book.name, actions=actions)


@needs("orders.edit_product")
def create_price_book(request: TenantRequest) -> HttpResponse:
    """Add a price book."""
    return _book_form(request, PriceBook(), _("New price book"), _("Add price book"))


@needs("orders.edit_product")
def edit_price_book(request: TenantRequest, book_id: int) -> HttpResponse:
    """Change a price book's head."""
    book = get_object_or_404(PriceBook, pk=book_id)
    return _book_form(request, book, book.name, _("Save price book"))


def _book_form(request: TenantRequest, book: PriceBook, title: str, submit: str) -> HttpResponse:
    form = PriceBookForm(request.POST or None, instance=book)
    if carried_out(form, lambda: catalogue.save_price_book(form.instance), field="name"):
        return htmx.done(
            request,
            url=reverse("orders:price_book", args=[form.instance.pk]),
            message=_("Price book saved."),
            trigger="price-book-changed",
        )
    context = {"form": form, "title": title, "submit": submit}
    return htmx.form_page(request, "web/form.html", context)


@needs("orders.edit_product")
def create_price(request: TenantRequest, book_id: int) -> HttpResponse:
    """Add a price to a book."""
    book = get_object_or_404(PriceBook, pk=book_id)
    return _price_form(request, PriceBookEntry(price_book=book), _("Add a price"))


@needs("orders.view_product")
def price_detail(request: TenantRequest, entry_id: int) -> HttpResponse:
    """A price in a book: a form for those who may change it, its product for the others."""
    entry = get_object_or_404(PriceBookEntry.objects.select_related("product"), pk=entry_id)
    if may_edit(request):
        return _price_form(request, entry, entry.product.name)
    return product_detail(request, entry.product_id)


def _price_form(request: TenantRequest, entry: PriceBookEntry, title: str) -> HttpResponse:
    form = PriceForm(request.POST or None, instance=entry)
    if request.method == "POST" and form.is_valid():
        saved = catalogue.save_price(form.instance)
        return htmx.done(
            request,
            url=reverse("orders:price_book", args=[saved.price_book_id]),
            message=_("Price saved."),
            trigger="price-changed",
        )
    context = {
        "form": form,
        "title": title,
        "submit": _("Save price"),
        "hint": entry.price_book.name,
        "remove_url": reverse("orders:remove_price", args=[entry.pk]) if entry.pk else "",
    }
    return htmx.form_page(request, "orders/price.html", context)


@require_POST
@needs("orders.edit_product")
def remove_price(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Take a price out of its book."""
    entry = get_object_or_404(PriceBookEntry, pk=entry_id)
    book_id = entry.price_book_id
    catalogue.remove_price(entry_id=entry.pk)
    return htmx.done(
        request,
        url=reverse("orders:price_book", args=[book_id]),
        message=_("Price removed."),
        trigger="price-changed",
    )
