"""Allauth's forms in our words: what a password must be, what a code and a passkey are called."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChange
from allauth.account.forms import LoginForm as AllauthLogin
from allauth.account.forms import ResetPasswordForm as AllauthAskReset
from allauth.account.forms import ResetPasswordKeyForm as AllauthReset
from allauth.account.forms import SetPasswordForm as AllauthSet
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext as _

from crm.signin.validators import minimum_for


def explain(form: Any) -> None:
    """Fields below each other, and how long the new password has to be."""
    quiet(form)
    for field in form.fields.values():
        field.wide = True
    text = _("At least %(count)d characters. Four words that do not belong together are best.")
    form.fields["password1"].help_text = text % {"count": minimum_for(form.user)}


def quiet(form: Any) -> None:
    """A label above each field says it once; no second time inside."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(AllauthLogin):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quiet(self)
        self.fields["login"].label = _("E-mail")
        if "remember" in self.fields:
            self.fields["remember"].label = _("Stay signed in on this device")


class AskResetForm(AllauthAskReset):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quiet(self)
        self.fields["email"].label = _("E-mail")


class ChangePasswordForm(AllauthChange):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain(self)


class SetPasswordForm(AllauthSet):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain(self)


class ResetPasswordKeyForm(AllauthReset):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain(self)


def name_code(form: Any) -> None:
    """A code of an app or of the paper: digits, large keys on a phone."""
    field = form.fields["code"]
    field.label = _("Verification code")
    field.widget.attrs |= {"placeholder": "", "inputmode": "numeric", "autofocus": True}


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_code(self)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_code(self)


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_code(self)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
