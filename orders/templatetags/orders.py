"""Filters of the orders' templates."""

from decimal import Decimal

from django import template

from orders import words

register = template.Library()


@register.filter
def unit_price(value: Decimal | None, currency: str = "CNY") -> str:
    """{{ product.list_price|unit_price:product.currency }}."""
    return words.unit_price(value, currency)


@register.filter
def quantity(value: Decimal) -> str:
    """20, or 1.5."""
    return words.quantity(value)


@register.filter
def rate(value: Decimal) -> str:
    """13%."""
    return words.percent(value)
