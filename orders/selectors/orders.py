"""Finding orders."""

from django.db.models import Q, QuerySet

from leads.models import Customer
from leads.selectors.matching_text import narrow_customers, number_matches, starts_with
from orders.models import Order


def narrow_orders(queryset: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders by number, contract number or customer."""
    customers = narrow_customers(Customer.objects.all(), text).values("pk")
    return queryset.filter(
        number_matches(text)
        | starts_with("contract_number", text.upper())
        | Q(customer__in=customers)
    )


def orders_of_customer(queryset: QuerySet[Order], customer_id: int) -> QuerySet[Order]:
    """The customer's orders, newest first."""
    return queryset.filter(customer_id=customer_id).order_by("-id")
