"""Where members are led who lack what their organisation asks for."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from crm.access.decorators import needs
from crm.access.registry import ANY_MEMBER
from crm.signin import policy
from crm.signin.enums import SecondFactor
from crm.signin.policy import Verdict
from crm.tenancy.http import TenantRequest
from crm.tenancy.links import global_url


@needs(ANY_MEMBER)
def second_factor(request: TenantRequest) -> HttpResponse:
    """Set one up, or show the one there is; nothing else of the organisation opens meanwhile."""
    answer = policy.judge(request, request.member)
    if answer.verdict != Verdict.SECOND_FACTOR:
        return HttpResponseRedirect(request.organization.address)
    query = urlencode({"next": request.organization.address})
    context = {
        "asked": answer.asked,
        "is_passkey_only": answer.asked == SecondFactor.PASSKEY,
        "has_device": policy.has_device(request.user.pk, answer.asked),
        "confirm_url": f"{global_url('signin_confirm')}?{query}",
    }
    return render(request, "signin/second_factor.html", context)
