from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.forms.members import RolesField
from crm.people.services.invitations import Invited
from crm.web.forms import DepartmentField, FileField, MemberField, PhoneField, TenantForm


class InviteForm(TenantForm):
    """Whom to invite; the roles only from those who may give them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    department = DepartmentField(label=gettext_lazy("Department"), required=False)
    title = forms.CharField(label=gettext_lazy("Job title"), max_length=80, required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    superior = MemberField(
        label=gettext_lazy("Superior"),
        required=False,
        help_text=gettext_lazy("Empty: the head of the department."),
    )
    roles = RolesField(label=gettext_lazy("Roles"))

    def __init__(self, *args: Any, may_give_roles: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_give_roles:
            del self.fields["roles"]

    @property
    def invited(self) -> Invited:
        data = self.cleaned_data
        superior = data["superior"]
        return Invited(
            email=data["email"],
            name=data["name"],
            department=data["department"],
            title=data["title"],
            phone=data["phone"],
            roles=list(data.get("roles", ())),
            superior_email=superior.user.email if superior else "",
        )


class ImportForm(TenantForm):
    """The file, and whether departments it names may be made."""

    file = FileField(label=gettext_lazy("File (CSV or Excel)"))
    create_departments = forms.BooleanField(
        label=gettext_lazy("Make departments that do not exist yet"), required=False
    )


class JoinForm(TenantForm):
    """Name and password of a new person; the password is checked like any other."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data
