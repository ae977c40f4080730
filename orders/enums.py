from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("order", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("order", "In approval")
    APPROVED = "approved", pgettext_lazy("order", "Approved")
    SENT_BACK = "sent_back", pgettext_lazy("order", "Sent back")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
    COMPLETED = "completed", pgettext_lazy("order", "Completed")


EDITABLE = (OrderStatus.DRAFT, OrderStatus.SENT_BACK)


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("quote", "Draft")
    SENT = "sent", pgettext_lazy("quote", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
    ORDERED = "ordered", pgettext_lazy("quote", "Ordered")
    DECLINED = "declined", pgettext_lazy("quote", "Declined")
    EXPIRED = "expired", pgettext_lazy("quote", "Expired")
    REVISED = "revised", pgettext_lazy("quote", "Revised")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")


# waiting for us or for the customer
OPEN_QUOTES = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED)


class PaymentTerms(models.TextChoices):
    """When the customer pays; payments.plans makes the instalments of it."""

    FULL_ADVANCE = "full_advance", _("100 % in advance")
    PREPAID_30_70 = "prepaid_30_70", _("30 % in advance, 70 % before delivery")
    PREPAID_30_60_10 = "prepaid_30_60_10", _("30 % in advance, 60 % on delivery, 10 % warranty")
    ON_DELIVERY = "on_delivery", _("100 % on delivery")
    NET_30 = "net_30", _("30 days after delivery")
    NET_60 = "net_60", _("60 days after delivery")


class VersionReason(models.TextChoices):
    """Why a version of an order was kept."""

    SUBMITTED = "submitted", pgettext_lazy("order version", "Submitted")
    APPROVED = "approved", pgettext_lazy("order version", "Approved")
    SENT_BACK = "sent_back", pgettext_lazy("order version", "Sent back")
    WITHDRAWN = "withdrawn", pgettext_lazy("order version", "Withdrawn")


class Currency(models.TextChoices):
    CNY = "CNY", _("Renminbi")
    USD = "USD", _("US dollar")
    EUR = "EUR", _("Euro")
    HKD = "HKD", _("Hong Kong dollar")


# The value-added tax rates in force, in percent, as they are offered for a product.
TAX_RATES: list[tuple[Decimal, str]] = [
    (Decimal(rate), f"{rate} %") for rate in ("13", "9", "6", "3", "1", "0")
]
