from orders.models.bases import DocumentLine, KeptContent, PricedDocument
from orders.models.orders import Order, OrderDepartmentGrant, OrderGrant, OrderLine, OrderVersion
from orders.models.products import PriceBook, PriceBookEntry, Product
from orders.models.quotes import Quote, QuoteDepartmentGrant, QuoteGrant, QuoteLine, SentQuote

__all__ = [
    "DocumentLine",
    "KeptContent",
    "Order",
    "OrderDepartmentGrant",
    "OrderGrant",
    "OrderLine",
    "OrderVersion",
    "PriceBook",
    "PriceBookEntry",
    "PricedDocument",
    "Product",
    "Quote",
    "QuoteDepartmentGrant",
    "QuoteGrant",
    "QuoteLine",
    "SentQuote",
]
