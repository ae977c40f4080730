"""What a password must be: long enough for every organisation it opens, and not to be guessed.

No compositions and no expiry: both make people choose weaker passwords (NIST SP 800-63B, 3.1.1).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.people.selectors import organizations_of
from crm.signin.models import USUAL
from crm.signin.policy import current_policy
from crm.tenancy.context import current_tenant, tenant_context
from crm.tenancy.current import current_organization
from crm.tenancy.models import Organization

GUESSED = ("tongzhou", "同舟")
LONGEST_KEPT = 256
FEWEST_LETTERS = 4


class LongEnough:
    """At least as long as the strictest of the person's organisations asks for."""

    def validate(self, password: str, user: Any = None) -> None:
        minimum = minimum_for(user)
        if len(password) < minimum:
            raise ValidationError(_short(minimum), code="password_too_short")
        if len(password) > LONGEST_KEPT:
            raise ValidationError(_("This password is too long."), code="password_too_long")

    def get_help_text(self) -> str:
        text = _("At least %(count)d characters. Four words that do not belong together are best.")
        return text % {"count": minimum_for(None)}


class NotOurNames:
    """Not made of the product's or an organisation's name: what an attacker tries first."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.casefold()
        for name in (*GUESSED, *_names_around(user)):
            rest = plain.replace(name.casefold(), "")
            if rest != plain and sum(one.isalpha() for one in rest) < FEWEST_LETTERS:
                raise ValidationError(
                    _("This password is the name of the organisation with little more."),
                    code="password_too_similar",
                )

    def get_help_text(self) -> str:
        return ""


def minimum_for(user: Any) -> int:
    """The shortest password that all organisations of the person accept, or the one they join."""
    if current_tenant() is not None:
        return current_policy().password_minimum
    if user is None or not user.pk:
        return USUAL
    found = []
    for organization in organizations_of(user):
        with tenant_context(organization.id):
            found.append(current_policy().password_minimum)
    return max(found, default=USUAL)


def _names_around(user: Any) -> list[str]:
    organizations: list[Organization] = []
    if user is not None and user.pk:
        organizations = organizations_of(user)
    elif current_tenant() is not None:
        organizations = [current_organization()]
    return [one.slug for one in organizations] + [one.name for one in organizations]


def _short(minimum: int) -> str:
    return ngettext(
        "Use at least %(count)d character.", "Use at least %(count)d characters.", minimum
    ) % {"count": minimum}
