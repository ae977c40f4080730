"""The operator's area: organisations from outside. Nothing here reads a tenant's table."""

from collections.abc import Mapping
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.organizations import overview
from crm.organizations.forms import LostFactorForm, ReasonForm
from crm.organizations.models import Deletion, OperatorAction, SignUp
from crm.organizations.operators import OperatorRequest, operator_only
from crm.organizations.services import accounts as services
from crm.organizations.services import deletion, lifecycle, operator_log
from crm.people.models import User
from crm.refusals import Refused
from crm.tenancy.models import Organization, OrganizationState

PAGE = 50
STATES: dict[str, Q] = {
    OrganizationState.ACTIVE: Q(suspended_at=None, delete_after=None),
    OrganizationState.SUSPENDED: Q(suspended_at__isnull=False, delete_after=None),
    OrganizationState.DELETING: Q(delete_after__isnull=False),
}


@require_GET
@operator_only
def organizations(request: OperatorRequest) -> HttpResponse:
    """All organisations with their sizes; found by name or address, chosen by state."""
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    found: QuerySet[Organization] = Organization.objects.order_by("name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(slug__startswith=text.lower()))
    if state in STATES:
        found = found.filter(STATES[state])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": overview.with_sizes(list(page.object_list)),
        "page": page,
        "text": text,
        "state": state,
        "states": OrganizationState.choices,
    }
    return show(request, "organizations", "operator/organizations.html", context)


def show(
    request: HttpRequest, here: str, template: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """Render a page of the area; `here` is its entry in the menu."""
    return render(request, template, {"here": here, **context}, status=status)


def organization_or_404(pk: int) -> Organization:
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
@operator_only
def organization(request: OperatorRequest, pk: int) -> HttpResponse:
    """One organisation: state, sizes, what operators did to it."""
    return one(request, organization_or_404(pk), ReasonForm())


def one(
    request: OperatorRequest, found: Organization, form: ReasonForm, status: int = 200
) -> HttpResponse:
    asked = Deletion.objects.filter(number=found.pk, cancelled_at=None).first()
    actions = OperatorAction.objects.filter(number=found.pk).order_by("-id")[:PAGE]
    context = {
        "row": overview.with_sizes([found])[0],
        "form": form,
        "deletion": asked,
        "actions": overview.told(actions),
    }
    return show(request, "organizations", "operator/organization.html", context, status)


@require_POST
@operator_only
def suspend(request: OperatorRequest, pk: int) -> HttpResponse:
    """Close it for its members, with a reason that they read."""
    found, form = organization_or_404(pk), ReasonForm(request.POST)
    if not form.is_valid():
        return one(request, found, form, status=422)
    try:
        lifecycle.suspend(found.pk, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Suspended."))
    except lifecycle.NotPossible:
        messages.error(request, _("It is suspended already."))
    return redirect("operator:organization", found.pk)


@require_POST
@operator_only
def reactivate(request: OperatorRequest, pk: int) -> HttpResponse:
    """Open it again."""
    found = organization_or_404(pk)
    try:
        lifecycle.reactivate(found.pk, by=request.user)
        messages.success(request, _("Open again."))
    except lifecycle.NotPossible:
        messages.error(request, _("It is not suspended."))
    return redirect("operator:organization", found.pk)


@require_POST
@operator_only
def keep(request: OperatorRequest, pk: int) -> HttpResponse:
    """Cancel a deletion before its day."""
    found = organization_or_404(pk)
    try:
        deletion.cancel(found.pk, by=_("Operator") + f" <{request.user.email}>")
        operator_log.record("organization.kept", by=request.user, organization=found)
        messages.success(request, _("The organisation is kept."))
    except deletion.TooLate:
        messages.error(request, _("It is too late: the organisation is being erased."))
    return redirect("operator:organization", found.pk)


@require_GET
@operator_only
def deletions(request: OperatorRequest) -> HttpResponse:
    """What is due, what is under way, and the certificates."""
    waiting = Deletion.objects.filter(finished_at=None, cancelled_at=None).order_by("due_at")
    names = dict(
        Organization.objects.filter(pk__in=[one.number for one in waiting]).values_list(
            "pk", "name"
        )
    )
    done = Deletion.objects.filter(finished_at__isnull=False).order_by("-finished_at")[:PAGE]
    context = {"waiting": [(one, names.get(one.number, "")) for one in waiting], "done": done}
    return show(request, "deletions", "operator/deletions.html", context)


@require_GET
@operator_only
def sign_ups(request: OperatorRequest) -> HttpResponse:
    """Wishes whose link was not followed yet."""
    recent = timezone.now() - timedelta(days=7)
    found = SignUp.objects.filter(created_at__gte=recent).order_by("-created_at")[:PAGE]
    return show(request, "sign_ups", "operator/sign_ups.html", {"sign_ups": found})


@require_POST
@operator_only
def drop_sign_up(request: OperatorRequest, pk: int) -> HttpResponse:
    """Make a link worthless."""
    gone = SignUp.objects.filter(pk=pk).first()
    if gone is None:
        raise Http404
    operator_log.record("sign_up.dropped", by=request.user, email=gone.email, slug=gone.slug)
    gone.delete()
    messages.success(request, _("The sign-up was dropped."))
    return redirect("operator:sign_ups")


@require_GET
@operator_only
def accounts(request: OperatorRequest) -> HttpResponse:
    """A person's account by its exact address: for those who have lost their second factor."""
    return account(request, request.GET.get("email", "")[:254], LostFactorForm())


def account(
    request: OperatorRequest, email: str, form: LostFactorForm, status: int = 200
) -> HttpResponse:
    context = {"email": email, "found": services.account_of(email), "form": form}
    return show(request, "accounts", "operator/accounts.html", context, status)


@require_POST
@operator_only
def remove_second_factor(request: OperatorRequest, pk: int) -> HttpResponse:
    """Take away a lost second factor, with a reason."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    form = LostFactorForm(request.POST)
    if not form.is_valid():
        return account(request, person.email, form, status=422)
    try:
        services.remove_second_factor(pk, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The second factor was removed, and the person told by mail."))
    except Refused as reason:
        messages.error(request, str(reason))
    address = f"{reverse('operator:accounts')}?{urlencode({'email': person.email})}"
    return redirect(address)


@require_GET
@operator_only
def health(request: OperatorRequest) -> HttpResponse:
    """Whether everything runs, and where jobs pile up."""
    context = {"checks": overview.checks(), "busy": overview.busy_organizations()}
    return show(request, "health", "operator/health.html", context)


@require_GET
@operator_only
def log(request: OperatorRequest) -> HttpResponse:
    """What operators did."""
    page = Paginator(OperatorAction.objects.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    context = {"actions": overview.told(page.object_list), "page": page}
    return show(request, "log", "operator/log.html", context)
