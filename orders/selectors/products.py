"""Finding products."""

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from orders.models import Product

LAST = "\U0010ffff"


def on_sale() -> QuerySet[Product]:
    """What can be put on an order, in reading order."""
    return Product.objects.filter(is_active=True).order_by("sort_key", "id")


def narrow_products(queryset: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products whose code or pinyin begins with the text, or whose name contains it."""
    wanted = text.strip()
    found = begins("code", wanted) | begins("code", wanted.upper()) | Q(name__contains=wanted)
    letters = wanted.lower().replace(" ", "")
    if letters.isascii():
        queryset = queryset.annotate(letters=Replace("sort_key", Value(" "), Value("")))
        found |= Q(letters__startswith=letters)
    return queryset.filter(found)


def begins(path: str, text: str) -> Q:
    """As a range: leakproof and served by a btree."""
    return Q(**{f"{path}__gte": text, f"{path}__lt": text + LAST})
