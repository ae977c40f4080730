"""Rules for entering known clients as sentences, tried out before they are saved; settings."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted
from crm.web.components import Action
from leads.collision_tabs import tabs_for
from leads.forms.entering import RuleForm, SettingsForm, TryForm, initial_of
from leads.models import CollisionRule
from leads.selectors.entering import collision_settings
from leads.selectors.entering_lines import looked_up_most, rule_lines, tried_cards
from leads.selectors.entering_trial import TRIAL_DAYS, Trial, fired_by, try_rule
from leads.services import collision_rules as services
from leads.services.lookups import cards_shown
from leads.views.rule_page import rule_page

EDIT = "leads.edit_collision_rules"
MOVES = {"up": -1, "down": 1}


@needs(EDIT)
def collision_rules(request: TenantRequest) -> HttpResponse:
    """The rules in the order they are asked, and a box to try them on a client."""
    services.ensure_rules()
    context = {
        "title": _("Collision rules"),
        "tabs": tabs_for(request.member, "rules"),
        "actions": [
            Action(_("Rules of arbitration"), reverse("leads:arbitration_rules"), "scale"),
            Action(_("The same or not"), reverse("leads:judgements"), "users"),
            Action(_("Settings"), reverse("leads:collision_settings"), "settings", frame="drawer"),
            Action(
                _("New rule"),
                reverse("leads:create_collision_rule"),
                "plus",
                kind="primary",
                frame="drawer",
            ),
        ],
        "lines": rule_lines(),
        "form": TryForm(),
        "most": looked_up_most(),
    }
    return htmx.fragment(request, "leads/collisions/rules.html#rules", context)


@require_POST
@needs(EDIT)
def try_collision_rules(request: TenantRequest) -> HttpResponse:
    """Which rule fires for a client, and why; nothing is saved."""
    form = TryForm(request.POST)
    context: dict[str, Any] = {"form": form, "cards": None, "title": _("Try the rules")}
    if form.is_valid():
        fired = fired_by(form.identity, channel=form.cleaned_data["channel"])
        matches = [one.match for one in fired]
        cards = cards_shown(matches, by=request.member, typed=form.identity.company)
        context["cards"] = tried_cards(request.member, fired, cards)
    page = "leads/collisions/try.html"
    return render(
        request, f"{page}#try" if htmx.is_partial(request) else page, context,
        status=200 if form.is_valid() else 422,
    )  # fmt: skip


@needs(EDIT)
def create_collision_rule(request: TenantRequest) -> HttpResponse:
    """Add a rule; it is asked first until it is moved."""
    form = RuleForm(request.POST or None)
    return _edit(request, form, None, title=_("New rule"), submit=_("Add the rule"))


@needs(EDIT)
def edit_collision_rule(request: TenantRequest, pk: int) -> HttpResponse:
    """Change a rule in its place."""
    rule: CollisionRule = get_object_or_404(CollisionRule.objects, pk=pk)
    form = RuleForm(request.POST or None, initial=initial_of(rule))
    return _edit(request, form, rule, title=str(rule.title), submit=_("Save the rule"))


def _edit(
    request: TenantRequest, form: RuleForm, rule: CollisionRule | None, *, title: str, submit: str
) -> HttpResponse:
    trial: Trial | None = None
    pk = rule.pk if rule else None
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            active = rule.is_active if rule else True
            trial = try_rule(CollisionRule(pk=pk, is_active=active, **form.facts))
        else:
            services.save_rule(rule_id=pk, **form.facts)
            return htmx.done(
                request,
                url=reverse("leads:collision_rules"),
                message=_("Rule saved."),
                trigger="collision-rules-changed",
            )
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "trial": trial,
        "days": TRIAL_DAYS,
        "cancel_url": reverse("leads:collision_rules"),
    }
    return rule_page(request, context, trial_part="leads/collisions/_trial.html")


@require_POST
@needs(EDIT)
def move_collision_rule(request: TenantRequest, pk: int, to: str) -> HttpResponse:
    """Ask a rule earlier or later."""
    rule = get_object_or_404(CollisionRule.objects, pk=pk)
    if to not in MOVES:
        raise Http404
    services.move_rule(rule_id=rule.pk, steps=MOVES[to])
    return _changed(request, _("Order changed."))


@require_POST
@needs(EDIT)
def switch_collision_rule(request: TenantRequest, pk: int, to: str) -> HttpResponse:
    """Let a rule be asked or not."""
    rule = get_object_or_404(CollisionRule.objects, pk=pk)
    if to not in ("on", "off"):
        raise Http404
    services.switch_rule(rule_id=rule.pk, is_active=to == "on")
    back = reverse("leads:switch_collision_rule", args=[pk, "off" if to == "on" else "on"])
    words = _("Rule switched on.") if to == "on" else _("Rule switched off.")
    return _changed(request, words, undo=back)


def _changed(request: TenantRequest, message: str, *, undo: str = "") -> HttpResponse:
    url = reverse("leads:collision_rules")
    return acted(request, url=url, message=message, trigger="collision-rules-changed", undo=undo)


@needs(EDIT)
def edit_collision_settings(request: TenantRequest) -> HttpResponse:
    """Hours, look-ups, protection, and what a redacted card shows."""
    form = SettingsForm(request.POST or None, instance=collision_settings())
    if request.method == "POST" and form.is_valid():
        services.save_settings(**form.cleaned_data)
        return htmx.done(
            request,
            url=reverse("leads:collision_rules"),
            message=_("Saved."),
            trigger="collision-rules-changed",
        )
    context = {"form": form, "title": _("Collision settings"), "submit": _("Save")}
    return htmx.form_page(request, "web/form.html", context)
