"""The industries a client may be in: what members and departments serve, and rules ask about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Industry(models.TextChoices):
    MACHINERY = "machinery", _("Machinery")
    ELECTRONICS = "electronics", _("Electronics")
    SOFTWARE = "software", _("Software and IT")
    CHEMICALS = "chemicals", _("Chemicals and materials")
    AUTOMOTIVE = "automotive", _("Automotive")
    MEDICAL = "medical", _("Medical and pharma")
    FOOD = "food", _("Food and beverage")
    RETAIL = "retail", _("Retail and trade")
    LOGISTICS = "logistics", _("Logistics")
    CONSTRUCTION = "construction", _("Construction")
    ENERGY = "energy", _("Energy")
    EDUCATION = "education", _("Education")
    FINANCE = "finance", _("Financial services")
    OTHER = "other", pgettext_lazy("industry", "Other")
