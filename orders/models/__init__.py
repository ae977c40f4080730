from orders.models.orders import Order, OrderDepartmentGrant, OrderGrant, OrderLine, OrderVersion
from orders.models.products import PriceBook, PriceBookEntry, Product

__all__ = [
    "Order",
    "OrderDepartmentGrant",
    "OrderGrant",
    "OrderLine",
    "OrderVersion",
    "PriceBook",
    "PriceBookEntry",
    "Product",
]
