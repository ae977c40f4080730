from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.web.forms import DateField
from orders.drafts import QuoteTerms
from orders.forms.documents import TermsForm
from orders.models import Quote
from orders.models.bases import today

# a day that is later than this is a slip of the finger
LONGEST = timedelta(days=3653)


class QuoteTermsForm(TermsForm):
    """Everything of a quote but its lines."""

    quote_date = DateField(label=_("Quote date"))
    valid_until = DateField(label=pgettext_lazy("quote", "Valid until"))

    draft = QuoteTerms

    class Meta:
        model = Quote
        fields = (
            "contact",
            "opportunity",
            "quote_date",
            "valid_until",
            "payment_terms",
            "price_book",
            "currency",
            "discount_percent",
            "is_tax_inclusive",
            "notes",
        )

    def clean(self) -> dict[str, Any]:
        """An offer holds at least on its own day."""
        values = super().clean()
        day, until = values.get("quote_date"), values.get("valid_until")
        if day and until and until < day:
            self.add_error("valid_until", _("This is before the day of the quote."))
        elif until and until > today() + LONGEST:
            self.add_error("valid_until", _("A quote holds for ten years at most."))
        return values
