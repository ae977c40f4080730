"""Products and price books."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.services import reading_key
from orders.errors import OrderError
from orders.models import PriceBook, PriceBookEntry, Product


class CodeTaken(OrderError):
    @property
    def words(self) -> str:
        return _("Another product has this code.")


class NameTaken(OrderError):
    @property
    def words(self) -> str:
        return _("Another price book has this name.")


@transaction.atomic
def save_product(product: Product) -> Product:
    """Add or change a product."""
    product.sort_key = reading_key(product.name)
    is_new = product.pk is None
    product.version = 1 if is_new else product.version + 1
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        raise CodeTaken from error
    audit.record("product.added" if is_new else "product.changed", target=product)
    return product


@transaction.atomic
def set_product_active(*, product_id: int, is_active: bool) -> Product:
    """Take a product off sale, or back: orders that have it keep it."""
    product: Product = Product.objects.select_for_update(of=("self",), no_key=True).get(
        pk=product_id
    )
    product.is_active = is_active
    product.save(update_fields=["is_active", "updated_at"])
    audit.record("product.restored" if is_active else "product.archived", target=product)
    return product


@transaction.atomic
def save_price_book(book: PriceBook) -> PriceBook:
    """Add or change a price book; a new default takes the place of the old one."""
    if book.is_default:
        others = PriceBook.objects.filter(currency=book.currency, is_default=True)
        others.exclude(pk=book.pk).update(is_default=False)
    try:
        with transaction.atomic():
            book.save()
    except IntegrityError as error:
        raise NameTaken from error
    audit.record("price_book.saved", target=book, name=book.name)
    return book


@transaction.atomic
def save_price(entry: PriceBookEntry) -> PriceBookEntry:
    """Add or change a price in a book."""
    entry.save()
    audit.record("price.saved", target=entry.price_book, product=entry.product_id)
    return entry


@transaction.atomic
def remove_price(*, entry_id: int) -> dict[str, Any]:
    """Take a price out of its book; orders keep what they were priced at."""
    entry: PriceBookEntry = PriceBookEntry.objects.select_related("price_book").get(pk=entry_id)
    audit.record("price.removed", target=entry.price_book, product=entry.product_id)
    entry.delete()
    return {"book": entry.price_book_id}
