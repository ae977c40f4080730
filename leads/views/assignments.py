"""Assignment rules as sentences, tried on past leads; and the leads nobody could be given."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access import policy
from crm.access.decorators import needs
from crm.refusals import Refused
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted
from crm.web.components import Action
from leads.forms.assignments import RuleForm, initial_of
from leads.forms.leads import AssignForm
from leads.models import AssignmentRule
from leads.selectors import assignments as selectors
from leads.selectors.assignment_trial import TRIAL_DAYS, Trial, try_rules
from leads.services import assignment, assignment_rules
from leads.tables.imports import UnassignedTable, again
from leads.views.rule_page import rule_page

EDIT = "leads.edit_rules"
MOVES = {"up": -1, "down": 1}


@needs(EDIT)
def rules(request: TenantRequest) -> HttpResponse:
    """The rules in the order they are asked."""
    assignment_rules.ensure_rules()
    waiting = selectors.unassigned().count()
    context = {
        "title": _("Assignment rules"),
        "actions": [
            Action(_("Leads without owner"), reverse("leads:unassigned"), "users"),
            Action(
                _("New rule"), reverse("leads:create_rule"), "plus", kind="primary", frame="drawer"
            ),
        ],
        "lines": selectors.rule_lines(),
        "waiting": waiting,
    }
    return htmx.fragment(request, "leads/rules/list.html#rules", context)


@needs(EDIT)
def create_rule(request: TenantRequest) -> HttpResponse:
    """Add a rule at the end of the list."""
    form = RuleForm(request.POST or None)
    return _edit(request, form, None, title=_("New rule"), submit=_("Add the rule"))


@needs(EDIT)
def edit_rule(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a rule in its place."""
    rule: AssignmentRule = get_object_or_404(AssignmentRule.objects, pk=pk)
    form = RuleForm(request.POST or None, initial=initial_of(rule))
    return _edit(request, form, rule, title=rule.name, submit=_("Save the rule"))


def _edit(
    request: TenantRequest, form: RuleForm, rule: AssignmentRule | None, *, title: str, submit: str
) -> HttpResponse:
    trial: Trial | None = None
    pk = rule.pk if rule else None
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            trial = try_rules(changed=AssignmentRule(pk=pk, **form.facts))
        else:
            assignment_rules.save_rule(rule_id=pk, **form.facts)
            return htmx.done(
                request,
                url=reverse("leads:rules"),
                message=_("Rule saved."),
                trigger="rules-changed",
            )
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "submit": submit,
        "trial": trial,
        "days": TRIAL_DAYS,
        "cancel_url": reverse("leads:rules"),
    }
    return rule_page(request, context, trial_part="leads/rules/_trial.html")


@require_POST
@needs(EDIT)
def move_rule(request: TenantRequest, pk: int, to: str) -> HttpResponse:
    """Ask a rule earlier or later."""
    rule = get_object_or_404(AssignmentRule.objects, pk=pk)
    if to not in MOVES:
        raise Http404
    assignment_rules.move_rule(rule_id=rule.pk, steps=MOVES[to])
    return acted(
        request, url=reverse("leads:rules"), message=_("Order changed."), trigger="rules-changed"
    )


@require_POST
@needs(EDIT)
def switch_rule(request: TenantRequest, pk: int, to: str) -> HttpResponse:
    """Let a rule be asked or not."""
    rule = get_object_or_404(AssignmentRule.objects, pk=pk)
    if to not in ("on", "off"):
        raise Http404
    assignment_rules.switch_rule(rule_id=rule.pk, is_active=to == "on")
    back = reverse("leads:switch_rule", args=[pk, "off" if to == "on" else "on"])
    message = _("Rule switched on.") if to == "on" else _("Rule switched off.")
    return acted(
        request,
        url=reverse("leads:rules"),
        message=message,
        trigger="rules-changed",
        undo=back,
    )


@needs("leads.assign_lead")
def unassigned(request: TenantRequest) -> HttpResponseBase:
    """Open leads nobody works on, each with the reason."""
    rows = policy.visible(request.member, selectors.unassigned(), "leads.assign_lead")
    actions = [again(_("Ask the rules again"))]
    if policy.allowed(request.member, EDIT):
        actions.insert(0, Action(_("Assignment rules"), reverse("leads:rules"), "route"))
    return UnassignedTable(request, rows).respond(title=_("Leads without owner"), actions=actions)


@require_POST
@needs("leads.assign_lead")
def assign_waiting(request: TenantRequest) -> HttpResponse:
    """Hand the ticked leads to a member."""
    rows = policy.visible(request.member, selectors.unassigned(), "leads.assign_lead")
    ids = list(UnassignedTable(request, rows).picked.values_list("pk", flat=True))
    sent = "go" in request.POST
    form = AssignForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            number = assignment.assign_to(lead_ids=ids, by=request.member, **form.cleaned_data)
        except Refused as reason:
            form.add_error("member", str(reason))
        else:
            words = ngettext("%(count)s lead assigned.", "%(count)s leads assigned.", number)
            return htmx.done(
                request,
                url=reverse("leads:unassigned"),
                message=words % {"count": number},
                trigger="lead-updated",
            )
    words = ngettext("Assign %(count)s lead", "Assign %(count)s leads", len(ids))
    context = {"form": form, "title": words % {"count": len(ids)}, "submit": _("Assign")}
    return htmx.form_page(request, "web/form.html", context)


@require_POST
@needs("leads.assign_lead")
def retry_unassigned(request: TenantRequest) -> HttpResponse:
    """Ask the rules again for everything that waits."""
    number = assignment.retry_unassigned()
    words = ngettext(
        "Asking the rules for %(count)s lead.", "Asking the rules for %(count)s leads.", number
    )
    return acted(
        request,
        url=reverse("leads:unassigned"),
        message=words % {"count": number},
        trigger="lead-updated",
    )
