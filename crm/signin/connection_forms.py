"""A provider's settings: each kind asks for what it needs, and no more."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.words import role_name
from crm.signin.enums import ConnectionKind, Joining
from crm.signin.models import SsoConnection
from crm.web.forms import DepartmentField, TenantModelForm

DOMAIN = re.compile(r"^(?=.{4,120}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")
COMMON = ("name", "is_active", "joining", "default_role", "default_department", "domains")
ASKED: dict[str, tuple[str, ...]] = {
    ConnectionKind.OIDC: ("issuer", "client_id", "client_secret"),
    ConnectionKind.WECOM: ("corp_id", "agent_id", "client_secret"),
    ConnectionKind.DINGTALK: ("corp_id", "client_id", "client_secret"),
    ConnectionKind.FEISHU: ("client_id", "client_secret"),
}
# neither tells an e-mail address that somebody vouches for
WITHOUT_MAIL = {ConnectionKind.WECOM, ConnectionKind.DINGTALK}


class ConnectionForm(TenantModelForm):
    """What an administrator enters; a secret that is kept is not shown again."""

    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    default_department = DepartmentField(
        label=gettext_lazy("Department of new members"), required=False
    )
    wide = ("issuer", "domains")

    class Meta:
        model = SsoConnection
        fields = (
            "name",
            "issuer",
            "corp_id",
            "agent_id",
            "client_id",
            "client_secret",
            "domains",
            "joining",
            "default_role",
            "default_department",
            "is_active",
        )
        help_texts = {
            "name": gettext_lazy("Shown as “Sign in with …”."),
            "issuer": gettext_lazy("Such as https://login.example.com/realms/company."),
            "domains": gettext_lazy(
                "E-mail domains with commas between. Empty: any, for members who exist already."
            ),
            "is_active": gettext_lazy("Test the connection first, then offer it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.instance.kind
        for name in set(self.fields) - set(COMMON) - set(ASKED[kind]):
            del self.fields[name]
        for name in ASKED[kind]:
            self.fields[name].required = True
        if kind in WITHOUT_MAIL:
            for name in ("joining", "default_role", "default_department", "domains"):
                del self.fields[name]
        if "default_role" in self.fields:
            roles: Any = self.fields["default_role"]
            roles.empty_label = ""
            roles.label_from_instance = lambda role: role_name(role.code, role.name)
        if self.instance.pk:
            secret = self.fields["client_secret"]
            secret.required = False
            secret.help_text = _("Kept encrypted. Leave empty to keep the one there is.")
            self.initial["client_secret"] = ""

    def clean_issuer(self) -> str:
        """An https address without query, fragment or account."""
        issuer: str = self.cleaned_data["issuer"].strip()
        parts = urlsplit(issuer)
        schemes = {"https", "http"} if settings.SSO_ALLOW_PRIVATE else {"https"}
        if parts.scheme not in schemes or not parts.hostname:
            raise ValidationError(_("Enter an address that begins with https://."))
        if parts.query or parts.fragment or parts.username:
            raise ValidationError(_("Enter the address without ? and #."))
        return issuer

    def clean_client_secret(self) -> str:
        typed: str = self.cleaned_data["client_secret"]
        return typed or str(self.instance.client_secret)

    def clean_domains(self) -> list[str]:
        found = [one.strip().lower().lstrip("@") for one in self.cleaned_data["domains"]]
        wrong = [one for one in found if not DOMAIN.match(one)]
        if wrong:
            raise ValidationError(_("Not a domain: %(name)s"), params={"name": wrong[0]})
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("joining") == Joining.CREATE:
            for name in ("default_role", "default_department", "domains"):
                if name not in self.errors and not values.get(name):
                    self.add_error(name, _("Needed to take in new people."))
        return values


def form_for(connection: SsoConnection, data: Any) -> ConnectionForm:
    """The form of the connection's kind."""
    return ConnectionForm(data, instance=connection)
