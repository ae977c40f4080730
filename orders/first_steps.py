from django.utils.translation import gettext_lazy as _

from crm.organizations.steps import Step, register
from orders.models import Product

register(
    Step(
        "products",
        _("List the products"),
        _("What is sold and at which price; orders take it from here."),
        "package",
        "orders:products",
        lambda: Product.objects.exists(),
        order=40,
    )
)
