from django.utils.translation import gettext_lazy as _

from crm.web.forms import DateField
from orders.drafts import OrderTerms
from orders.forms.documents import TermsForm
from orders.models import Order


class OrderTermsForm(TermsForm):
    """Everything of an order but its lines."""

    order_date = DateField(label=_("Order date"))
    delivery_date = DateField(label=_("Delivery date"), required=False)

    draft = OrderTerms

    class Meta:
        model = Order
        fields = (
            "contact",
            "opportunity",
            "contract_number",
            "payment_terms",
            "order_date",
            "delivery_date",
            "price_book",
            "currency",
            "discount_percent",
            "is_tax_inclusive",
            "notes",
        )
