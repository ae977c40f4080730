"""Forms about organisations: shape here, legality in the services."""

import hashlib
from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.organizations.services import addresses
from crm.people.enums import Language
from crm.people.models import User
from crm.tenancy.models import Organization
from crm.web.forms import FileField, TenantForm
from crm.web.looks import ZONES

CURRENCIES = (
    ("CNY", _("CNY · Chinese yuan")),
    ("HKD", _("HKD · Hong Kong dollar")),
    ("TWD", _("TWD · New Taiwan dollar")),
    ("USD", _("USD · US dollar")),
    ("EUR", _("EUR · Euro")),
    ("GBP", _("GBP · Pound sterling")),
    ("JPY", _("JPY · Japanese yen")),
    ("SGD", _("SGD · Singapore dollar")),
)
MONTHS = (
    (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")),
    (5, _("May")), (6, _("June")), (7, _("July")), (8, _("August")),
    (9, _("September")), (10, _("October")), (11, _("November")), (12, _("December")),
)  # fmt: skip
GRACES = ((7, _("7 days")), (30, _("30 days")))


class AddressField(forms.CharField):
    """An organisation's address: small letters, digits, hyphens."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Web address"))
        kwargs.setdefault(
            "help_text",
            _("3 to 40 small letters, digits and hyphens. It stays; links contain it."),
        )
        super().__init__(min_length=3, max_length=40, **kwargs)
        self.widget.attrs |= {
            "data-address": "",
            "autocapitalize": "off",
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").strip().strip("/").lower()

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not addresses.is_well_formed(value):
            raise ValidationError(
                _("Use 3 to 40 small letters, digits and hyphens; no hyphen at the ends.")
            )
        if value and not addresses.is_free(value):
            raise ValidationError(_("This web address is taken. Choose another one."))


class FoundForm(TenantForm):
    """A signed-in person founds one more organisation."""

    company = forms.CharField(label=_("Company name"), max_length=120)
    slug = AddressField(required=False)
    wide: tuple[str, ...] = ("company", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].widget.attrs |= {
            "data-company": "",
            "autocomplete": "organization",
            "autofocus": "",
        }

    def clean(self) -> dict[str, Any]:
        """Without an address one is made from the name."""
        values = super().clean() or self.cleaned_data
        if values.get("company") and not values.get("slug") and "slug" not in self.errors:
            values["slug"] = addresses.suggested(values["company"])
            if not values["slug"]:
                self.add_error("slug", _("Choose a web address."))
        return values


class SignUpForm(FoundForm):
    """Somebody without an account founds an organisation."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"), max_length=128, strip=False, widget=forms.PasswordInput
    )
    wide = ("company", "slug", "name", "email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["password"].widget.attrs["autocomplete"] = "new-password"
        self.fields["password"].help_text = " ".join(password_validators_help_texts()[1:2])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("password"):
            person = User(email=values.get("email", ""), name=values.get("name", ""))
            try:
                validate_password(values["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return values


class ConfirmForm(TenantForm):
    """Another address, when the one wished for was taken meanwhile."""

    slug = AddressField()
    wide = ("slug",)


class SettingsForm(TenantForm):
    """What an administrator sets up for everybody."""

    name = forms.CharField(label=_("Company name"), max_length=120)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=CURRENCIES,
        help_text=_("For new records. What is in another currency keeps it and is counted apart."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days, deadlines and reports follow this clock.")
    )
    language = forms.ChoiceField(
        label=_("Language of new members"),
        choices=Language.choices,
        help_text=_("Everybody can choose their own."),
    )
    fiscal_year_start = forms.TypedChoiceField(
        label=_("The fiscal year begins in"),
        choices=MONTHS,
        coerce=int,
        help_text=_("Lists filter by fiscal year and quarter, and figures add up by it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    wide = ("name",)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        self.organization = organization
        facts = {name: getattr(organization, name) for name in self.names}
        kwargs.setdefault("initial", facts | {"seen": self.mark})
        super().__init__(*args, **kwargs)
        for name, own in (
            ("time_zone", organization.time_zone),
            ("currency", organization.currency),
        ):
            offered = [(z, z) for z in ZONES] if name == "time_zone" else list(CURRENCIES)
            more = [] if own in dict(offered) else [(own, own)]
            self.fields[name].choices = offered + more  # type: ignore[attr-defined]

    names = ("name", "currency", "time_zone", "language", "fiscal_year_start")

    @property
    def mark(self) -> str:
        """Changes whenever a setting does."""
        values = [str(getattr(self.organization, name)) for name in self.names]
        return hashlib.sha256("\0".join(values).encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        """Refuse a page that was opened before somebody else's change."""
        values = super().clean() or self.cleaned_data
        if values.pop("seen", "") != self.mark:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["seen"] = self.mark  # type: ignore[index]
            self.add_error(
                None,
                _("Somebody changed the settings meanwhile. Look at the history below, then save."),
            )
        return values


class LogoForm(TenantForm):
    """A picture for the corner."""

    logo = FileField(label=_("Logo"), help_text=_("PNG or JPEG, square, at most 1 MB."))


class ExportForm(TenantForm):
    """Why everything is to be exported."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("Kept in the operation log."),
    )


class DeletionForm(TenantForm):
    """Deletion is asked for twice: by the typed name, and by showing who asks."""

    typed = forms.CharField(label=_("The organisation's name, typed"), max_length=120)
    grace = forms.TypedChoiceField(
        label=_("Erased after"), choices=GRACES, coerce=int, initial=30, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    password = forms.CharField(
        label=_("Your password"), max_length=128, strip=False, widget=forms.PasswordInput
    )
    wide = ("typed", "grace", "reason", "password")

    def __init__(
        self, *args: Any, organization: Organization, asks_password: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        if not asks_password:
            del self.fields["password"]
        self.fields["typed"].widget.attrs |= {
            "autocomplete": "off",
            "placeholder": organization.name,
        }
        if asks_password:
            self.fields["password"].widget.attrs["autocomplete"] = "current-password"

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != self.organization.name:
            raise ValidationError(_("Type the name exactly as it is shown."))
        return typed


class LostFactorForm(TenantForm):
    """Why the operator takes away a second factor, and how it was made sure who asks."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("How you made sure who is asking. Kept in the operator log."),
    )
    wide = ("reason",)


class ReasonForm(TenantForm):
    """Why the operator closes an organisation; its members read it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=pgettext_lazy("suspension", "The members read this."),
    )
