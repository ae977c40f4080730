from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TokenState(models.TextChoices):
    """What a token is good for now; follows from two moments."""

    VALID = "valid", pgettext_lazy("token", "Valid")
    EXPIRED = "expired", pgettext_lazy("token", "Expired")
    REVOKED = "revoked", pgettext_lazy("token", "Revoked")


class Lifetime(models.IntegerChoices):
    """How many days a token lasts; there is none without an end."""

    MONTH = 30, _("30 days")
    QUARTER = 90, _("90 days")
    HALF_YEAR = 180, _("180 days")
    YEAR = 365, _("365 days")
