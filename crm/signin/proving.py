"""Who is about to do what cannot be undone shows once more that it is they, by what they have."""

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.organizations import limits
from crm.people.models import Member
from crm.signin.enums import SecondFactor
from crm.signin.models import SsoIdentity
from crm.signin.policy import SSO_METHOD, has_device
from crm.tenancy.links import global_url
from crm.tenancy.models import Organization
from crm.web.components import Action

RECENT_SECONDS = 300


def has_proved(request: HttpRequest, organization: Organization) -> bool:
    """Whether a device, or the organisation's provider asked anew, showed it just now."""
    since = time.time() - RECENT_SECONDS
    return any(
        float(one.get("at", 0)) > since
        and (
            (one.get("method") == "mfa" and not one.get("added"))
            or _is_asked_anew(one, organization)
        )
        for one in get_authentication_records(request, request.user)
    )


def _is_asked_anew(record: dict[str, object], organization: Organization) -> bool:
    is_ours = record.get("organization") == organization.pk
    return record.get("method") == SSO_METHOD and is_ours and bool(record.get("anew"))


def ways(member: Member, organization: Organization, *, target: str) -> list[Action]:
    """What the member could show it by, other than the password; each leads back to `target`."""
    query = urlencode({"next": target})
    found = []
    if has_device(member.user_id, SecondFactor.ANY):
        url = f"{global_url('signin_confirm')}?{query}"
        found.append(Action(_("Use a passkey or a code"), url, "fingerprint"))
    known = SsoIdentity.objects.filter(member=member, connection__is_active=True)
    rows = known.order_by("connection__name", "connection_id")
    for pk, name in rows.values_list("connection_id", "connection__name").distinct():
        url = f"{global_url('signin_start', organization.slug, pk)}?{query}&anew=1"
        found.append(Action(_("Sign in again with %(name)s") % {"name": name}, url, "login"))
    return found


def proves(request: HttpRequest, form: BaseForm) -> bool:
    """By the password, unless shown otherwise: five tries in five minutes."""
    if "password" not in form.fields:
        return True
    if not limits.PASSWORD.allows(str(request.user.pk)):
        form.add_error("password", _("Too many attempts. Wait five minutes."))
        return False
    if not request.user.check_password(form.cleaned_data["password"]):
        form.add_error("password", _("The password is not right."))
        return False
    return True
