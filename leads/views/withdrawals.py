"""Taking back a case, a claim or an appeal that nobody has decided on yet."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import carried_out
from leads.forms.cases import WithdrawForm
from leads.selectors.cases import case_or_404
from leads.services import case_withdrawal as services
from leads.views.cases import CHANGED
from leads.views.refusing import case_words


@needs("leads.view_case")
def withdraw_case(request: TenantRequest, pk: int) -> HttpResponse:
    """Whoever reported it by hand takes it back."""
    return _take_back(
        request,
        pk,
        services.withdraw_case,
        form=WithdrawForm(request.POST or None, needs_reason=True),
        done=_("Withdrawn."),
        title=_("Withdraw the case"),
        hint=_(
            "Nothing is decided and every record stays as it is; the reps, their managers and who"
            " was asked to decide are told."
        ),
    )


@needs("leads.view_case")
def give_way(request: TenantRequest, pk: int) -> HttpResponse:
    """A newcomer leaves the client to its owner."""
    return _take_back(
        request,
        pk,
        services.give_way,
        form=WithdrawForm(request.POST or None),
        done=_("You have left the client to its owner."),
        title=_("Leave the client to its owner"),
        hint=_(
            "As if it had been decided for the owner: your lead is closed as a duplicate, your"
            " customer goes over, your orders stay yours. This cannot be undone here."
        ),
    )


@needs("leads.view_case")
def withdraw_appeal(request: TenantRequest, pk: int) -> HttpResponse:
    """Whoever appealed takes it back."""
    return _take_back(
        request,
        pk,
        services.withdraw_appeal,
        form=WithdrawForm(request.POST or None),
        done=_("The appeal is taken back."),
        title=_("Take the appeal back"),
        hint=_("The decision stands and you have accepted it: you cannot appeal against it again."),
    )


def _take_back(
    request: TenantRequest,
    pk: int,
    service: Callable[..., Any],
    *,
    form: WithdrawForm,
    done: str,
    title: str,
    hint: str,
) -> HttpResponse:
    case_or_404(request.member, pk)

    def take_back() -> None:
        service(case_id=pk, by=request.member, **form.cleaned_data)

    if carried_out(form, take_back, words=case_words(pk)):
        url = reverse("leads:case", args=[pk])
        return htmx.done(request, url=url, message=done, trigger=CHANGED)
    context = {"form": form, "title": title, "submit": title, "hint": hint}
    return htmx.form_page(request, "web/form.html", context)
