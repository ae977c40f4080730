from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TokenState(models.TextChoices):
    """What a token is good for now; follows from two moments and from what holds it back."""

    VALID = "valid", pgettext_lazy("token", "Valid")
    EXPIRED = "expired", pgettext_lazy("token", "Expired")
    REVOKED = "revoked", pgettext_lazy("token", "Revoked")
    ON_HOLD = "on-hold", pgettext_lazy("token", "On hold")


class Hold(models.TextChoices):
    """Why no token works, or this one does not; it ends when the reason does."""

    API_OFF = "api-off", _("An administrator has switched the API off for the organisation.")
    # never told to a program: to it the token is unknown
    CLOSED = "account-closed", _("Its owner's account is closed; it works again once that is open.")
    PERMISSION = (
        "token-on-hold",
        _("Its owner may not have access tokens at present; it works again once they may."),
    )
    SECOND_FACTOR = (
        "second-factor",
        _("Its owner has to set up a second factor first: sign in and follow the page."),
    )


class Lifetime(models.IntegerChoices):
    """How many days a token lasts; there is none without an end."""

    MONTH = 30, _("30 days")
    QUARTER = 90, _("90 days")
    HALF_YEAR = 180, _("180 days")
    YEAR = 365, _("365 days")
