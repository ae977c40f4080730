"""Customers: the list, the record, entering and changing, sharing one."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.people.models import Member
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action
from leads.forms.customers import CustomerForm, ShareForm
from leads.models import Customer
from leads.panels import customer_panels
from leads.selectors.customers import customer_or_404, visible_customers
from leads.selectors.matching_text import narrow_customers
from leads.selectors.similar import cards_for
from leads.services import customers as services
from leads.services.refusals import LikelyDuplicate, Refused, StaleRecord
from leads.tables.customers import CustomerTable
from leads.views.answers import acted
from leads.views.customer_page import customer_page, may_share

MOST_HITS = 8


@needs("leads.view_customer")
def customer_list(request: TenantRequest) -> HttpResponseBase:
    """Every customer the member may see."""
    actions = [Action(_("Contacts"), reverse("leads:contacts"), "id-badge-2")]
    if policy.allowed(request.member, "leads.create_customer"):
        url = reverse("leads:create_customer")
        actions.append(
            Action(_("New customer"), url, "plus", kind="primary", frame="drawer", shortcut="n")
        )
    table = CustomerTable(request, visible_customers(request.member))
    return table.respond(title=_("Customers"), actions=actions)


@needs("leads.view_customer")
def customer_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One customer: facts, people, deals, story, and what upper apps add."""
    customer = customer_or_404(request.member, pk)
    return render(request, "leads/customer.html", customer_page(request.member, customer))


@needs("leads.view_customer")
def customer_panel(request: TenantRequest, pk: int, key: str) -> HttpResponse:
    """One registered panel beside a customer."""
    customer = customer_or_404(request.member, pk)
    panel = next((one for one in customer_panels(request.member) if one.key == key), None)
    if panel is None:
        raise Http404
    template, context = panel.build(request, customer)
    return render(request, template, dict(context))


@needs("leads.edit_customer")
def pick_customer(request: TenantRequest) -> HttpResponse:
    """The customers a search box means, among those the member may change."""
    name = next((key for key in request.GET if key.endswith("_text")), "customer_text")
    text = request.GET.get(name, "").strip()
    rows = visible_customers(request.member, "leads.edit_customer").select_related("owner")
    found = narrow_customers(rows, text) if text else rows
    context = {
        "customers": found.order_by("-updated_at", "-pk")[:MOST_HITS],
        "name": name.removesuffix("_text"),
    }
    return render(request, "leads/_customer_hits.html", context)


@require_POST
@needs("leads.share_customer")
def bulk_share(request: TenantRequest) -> HttpResponse:
    """Share the ticked customers with a member."""
    table = CustomerTable(request, visible_customers(request.member, "leads.share_customer"))
    ids = list(table.picked.order_by("pk").values_list("pk", flat=True))
    form = ShareForm(request.POST if "go" in request.POST else None)
    if "go" in request.POST and form.is_valid():
        services.share_customers(customer_ids=ids, **form.cleaned_data)
        words = ngettext("%(count)s customer shared.", "%(count)s customers shared.", len(ids))
        return htmx.done(
            request,
            url=reverse("leads:customers"),
            message=words % {"count": len(ids)},
            trigger="customer-updated",
        )
    words = ngettext("Share %(count)s customer", "Share %(count)s customers", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Share")}
    return htmx.form_page(request, "web/form.html", context)


@needs("leads.create_customer")
def create_customer(request: TenantRequest) -> HttpResponse:
    """Enter a customer; one of a colleague's is said before it is saved."""
    form = CustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            customer = services.create_customer(
                by=request.member,
                owner=request.member,
                explanation=form.cleaned_data["explanation"],
                **form.facts,
            )
        except LikelyDuplicate as reason:
            form.ask_reason(cards_for(request.member, reason.matches), str(reason))
        except Refused as reason:
            form.add_error("credit_code", str(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:customer", args=[customer.pk]),
                message=_("Customer added."),
                trigger="customer-created",
            )
    context = {"form": form, "title": _("New customer"), "submit": _("Add customer")}
    return htmx.form_page(request, "web/form.html", context)


@needs("leads.edit_customer")
def edit_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a customer's facts, all or one in place; a stale page is refused."""
    member = request.member
    customer = customer_or_404(member, pk, "leads.edit_customer")
    only = request.GET.get("only", "")
    form = CustomerForm(request.POST or None, instance=customer, only=only)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_customer(
                customer_id=pk,
                by=member,
                version=form.cleaned_data["version"],
                explanation=form.cleaned_data["explanation"],
                **form.facts,
            )
        except StaleRecord as stale:
            form.show_both(stale.current)
        except LikelyDuplicate as reason:
            form.ask_reason(cards_for(member, reason.matches), str(reason))
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return htmx.done(
                request,
                url=reverse("leads:customer", args=[pk]),
                message=_("Saved."),
                trigger="customer-updated",
            )
    title = customer.name if only else _("Edit customer")
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Save")}
    )


def _to_share_or_404(request: TenantRequest, pk: int) -> Customer:
    customer = customer_or_404(request.member, pk)
    if not may_share(request.member, customer):
        raise Http404
    return customer


@needs("leads.view_customer")
def share_customer(request: TenantRequest, pk: int) -> HttpResponse:
    """Let one more member see this customer, or also change it."""
    customer = _to_share_or_404(request, pk)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = form.cleaned_data["member"]
        services.share_customer(
            customer_id=pk, member=member, may_edit=form.cleaned_data["may_edit"]
        )
        return htmx.done(
            request,
            url=reverse("leads:customer", args=[pk]),
            message=_("Shared with %(name)s.") % {"name": member.name},
            trigger="customer-updated",
            undo=reverse("leads:unshare_customer", args=[pk, member.pk]),
        )
    title = _("Share %(customer)s") % {"customer": customer.name}
    return htmx.form_page(
        request, "web/form.html", {"form": form, "title": title, "submit": _("Share")}
    )


@require_POST
@needs("leads.view_customer")
def unshare_customer(request: TenantRequest, pk: int, member_id: int) -> HttpResponse:
    """Take a share back."""
    _to_share_or_404(request, pk)
    member = get_object_or_404(Member.objects.all(), pk=member_id)
    services.unshare_customer(customer_id=pk, member=member)
    return acted(
        request,
        url=reverse("leads:customer", args=[pk]),
        message=_("No longer shared with %(name)s.") % {"name": member.name},
        trigger="customer-updated",
    )
