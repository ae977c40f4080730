from django.urls import path

from crm.sharing.nouns import noun
from crm.sharing.pages import pages_of
from orders.views import editor, orders, products

app_name = "orders"
urlpatterns = [
    path("orders/", orders.order_list, name="list"),
    path("orders/new/", orders.create_order, name="create"),
    *pages_of(noun("orders.order"), "orders/"),
    path("orders/submit/", orders.submit_orders, name="bulk_submit"),
    path("orders/<int:order_id>/", orders.order_detail, name="detail"),
    path("orders/<int:order_id>/edit/", editor.edit_order, name="edit"),
    path("orders/<int:order_id>/submit/", orders.submit_order, name="submit"),
    path("orders/<int:order_id>/withdraw/", orders.withdraw_order, name="withdraw"),
    path("orders/<int:order_id>/cancel/", orders.cancel_order, name="cancel"),
    path("orders/<int:order_id>/copy/", orders.copy_order, name="copy"),
    path("orders/<int:order_id>/comments/", orders.comment, name="comment"),
    path("orders/<int:order_id>/versions/<int:number>/", orders.version_detail, name="version"),
    path("orders/<int:order_id>/products/", editor.product_hits, name="product_hits"),
    path("products/", products.product_list, name="products"),
    path("products/new/", products.create_product, name="create_product"),
    path("products/<int:product_id>/", products.product_detail, name="product"),
    path("products/<int:product_id>/edit/", products.edit_product, name="edit_product"),
    path("products/<int:product_id>/archive/", products.archive_product, name="archive_product"),
    path("products/<int:product_id>/restore/", products.restore_product, name="restore_product"),
    path("price-books/", products.price_book_list, name="price_books"),
    path("price-books/new/", products.create_price_book, name="create_price_book"),
    path("price-books/<int:book_id>/", products.price_book_detail, name="price_book"),
    path("price-books/<int:book_id>/edit/", products.edit_price_book, name="edit_price_book"),
    path("price-books/<int:book_id>/prices/new/", products.create_price, name="create_price"),
    path("prices/<int:entry_id>/", products.price_detail, name="price"),
    path("prices/<int:entry_id>/remove/", products.remove_price, name="remove_price"),
]
