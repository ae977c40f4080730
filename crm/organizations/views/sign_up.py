"""Founding an organisation: by oneself, by mail, or as somebody who is signed in."""

from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from crm.organizations import limits
from crm.organizations.forms import ConfirmForm, FoundForm, SignUpForm
from crm.organizations.mails import MailNotSent
from crm.organizations.services import addresses, founding
from crm.people import services as people
from crm.people.models import User
from crm.tenancy.links import global_url, tenant_url

SENT_TO = "sign_up_sent_to"


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form: long for strangers, two fields for those who have an account."""
    if not founding.is_open():
        return render(request, "organizations/sign_up_closed.html", status=403)
    if request.user.is_authenticated:
        return found(request, request.user)
    form = SignUpForm(request.POST or None)
    if request.method == "POST":
        if not limits.SIGN_UP.allows(limits.client_ip(request)):
            return too_many(request)
        if form.is_valid() and send(request, form):
            return redirect("organizations:sent")
    status = 422 if form.is_bound else 200
    return render(request, "organizations/sign_up.html", {"form": form}, status=status)


def send(request: HttpRequest, form: SignUpForm) -> bool:
    """Send the letter; beyond the limit of one mailbox nothing is sent and nothing is said."""
    facts = form.cleaned_data
    email = facts["email"].strip().lower()
    if limits.SIGN_UP_MAIL.allows(email):
        try:
            founding.ask_to_sign_up(language=get_language() or "zh-hans", **facts)
        except MailNotSent:
            form.add_error(
                None, _("The mail could not be sent. Nothing was made; try again in a while.")
            )
            return False
    request.session[SENT_TO] = email
    return True


def found(request: HttpRequest, user: User) -> HttpResponse:
    """A person with an account founds one more organisation at once."""
    form = FoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not limits.FOUND.allows(str(user.pk)):
            return too_many(request)
        facts = form.cleaned_data
        try:
            organization = founding.found_organization(
                company=facts["company"], slug=facts["slug"], founder=user, language=user.language
            )
        except people.AddressTaken:
            form.add_error("slug", _("This web address is taken. Choose another one."))
        else:
            return redirect(tenant_url(organization, "organizations:first_steps"))
    status = 422 if form.is_bound else 200
    return render(request, "organizations/found.html", {"form": form}, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "organizations/too_many.html", status=429)


@require_GET
@never_cache
def address(request: HttpRequest) -> HttpResponse:
    """For the form while it is filled in: a suggestion for a name, or whether an address is free.

    It says "taken" for what exists, what is reserved and what was erased alike, and is limited.
    """
    if not founding.is_open():
        return JsonResponse({}, status=403)
    if not limits.ASK_ADDRESS.allows(limits.client_ip(request)):
        return JsonResponse({}, status=429)
    company, slug = request.GET.get("company", "")[:120], request.GET.get("slug", "")[:60]
    slug = slug.strip().strip("/").lower()
    if company and not slug:
        slug = addresses.suggested(company)
    if not slug:
        return JsonResponse({"slug": "", "state": "none", "text": ""})
    if not addresses.is_well_formed(slug):
        text = _("Use 3 to 40 small letters, digits and hyphens; no hyphen at the ends.")
        return JsonResponse({"slug": slug, "state": "malformed", "text": text})
    if addresses.is_free(slug):
        return JsonResponse({"slug": slug, "state": "free", "text": _("This web address is free.")})
    return JsonResponse({"slug": slug, "state": "taken", "text": _("This web address is taken.")})


@require_GET
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox."""
    email = request.session.get(SENT_TO)
    if not email:
        return redirect("organizations:sign_up")
    folder = getattr(settings, "EMAIL_FILE_PATH", "")
    writes_files = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    context = {"email": email, "folder": folder if writes_files else ""}
    return render(request, "organizations/sent.html", context)


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter. Opening it changes nothing (mail scanners do): the button does."""
    if not limits.CONFIRM.allows(limits.client_ip(request)):
        return too_many(request)
    try:
        wish = founding.sign_up_of(token)
    except founding.LinkInvalid:
        return render(request, "organizations/link_invalid.html", status=410)
    form = confirm_form(request, wish.slug)
    if request.method == "POST" and (form is None or form.is_valid()):
        slug = form.cleaned_data["slug"] if form is not None else wish.slug
        try:
            return enter(request, founding.confirm_sign_up(token=token, slug=slug))
        except founding.LinkInvalid:
            return render(request, "organizations/link_invalid.html", status=410)
        except people.AddressTaken:
            form = ConfirmForm({"slug": slug})
            form.add_error("slug", _("This web address is taken. Choose another one."))
    context: dict[str, Any] = {"wish": wish, "form": form}
    is_refused = form is not None and form.is_bound
    status = 422 if is_refused else 200
    return render(request, "organizations/confirm.html", context, status=status)


def confirm_form(request: HttpRequest, slug: str) -> ConfirmForm | None:
    """A field for another address, where the one wished for is taken by now."""
    if "slug" in request.POST:
        return ConfirmForm(request.POST)
    return None if addresses.is_free(slug) else ConfirmForm()


def enter(request: HttpRequest, founded: founding.Founded) -> HttpResponse:
    """Straight in for a new account; others sign in, the link is not their second factor."""
    target = tenant_url(founded.organization, "organizations:first_steps")
    if not founded.is_new_user:
        messages.success(request, _("The organisation is there. Sign in to enter it."))
        return redirect(f"{global_url('account_login')}?next={target}")
    if request.user.is_authenticated:
        logout(request)
    response: HttpResponse = perform_login(
        request, founded.user, email_verification="none", redirect_url=target
    )
    return response
