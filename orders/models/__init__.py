from orders.models.orders import Order, OrderGrant, OrderLine, OrderVersion
from orders.models.products import PriceBook, PriceBookEntry, Product

__all__ = [
    "Order",
    "OrderGrant",
    "OrderLine",
    "OrderVersion",
    "PriceBook",
    "PriceBookEntry",
    "Product",
]
