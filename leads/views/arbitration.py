"""In which order the rules of arbitration are asked, and how long things count."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.answers import acted
from crm.web.components import Action
from leads.arbitration import Rule
from leads.collision_tabs import tabs_for
from leads.forms.cases import TermsForm
from leads.selectors.arbitrations import arbitration_terms, order_of
from leads.services import arbitration_terms as services
from leads.words import RULES, RULES_IN_WORDS

EDIT = "leads.edit_collision_rules"
MOVES = {"up": -1, "down": 1}
CHANGED = "arbitration-changed"


@needs(EDIT)
def arbitration_rules(request: TenantRequest) -> HttpResponse:
    """The rules in the order they are asked, and what each of them says."""
    terms = arbitration_terms()
    days = {Rule.EXHIBITION: terms.exhibition_days}
    order = order_of(terms)
    context = {
        "title": _("Rules of arbitration"),
        "tabs": tabs_for(request.member, "rules"),
        "actions": [
            Action(
                _("Days and hours"), reverse("leads:edit_arbitration_days"), "settings",
                frame="drawer",
            ),
            Action(
                _("Back to the usual order and days"),
                reverse("leads:reset_arbitration"),
                method="post",
                confirm=_("Back to the usual order and days? Every rule is asked again."),
            ),
        ],
        "terms": terms,
        "lines": [
            {
                "code": rule.value,
                "name": RULES[rule.value],
                "says": str(RULES_IN_WORDS[rule.value]).format(
                    days=days.get(rule, terms.effective_days)
                ),
                "is_on": is_on,
                "is_fixed": rule == Rule.REGISTRATION,
                "is_first": place == 0,
                "is_last": place >= len(order) - 2,
            }
            for place, (rule, is_on) in enumerate(order)
        ],
    }  # fmt: skip
    return htmx.fragment(request, "leads/collisions/arbitration.html#rules", context)


@require_POST
@needs(EDIT)
def move_rule(request: TenantRequest, code: str, to: str) -> HttpResponse:
    """Ask a rule earlier or later."""
    if to not in MOVES:
        raise Http404
    services.move(rule=_rule_or_404(code), steps=MOVES[to])
    return _changed(request, _("Order changed."))


@require_POST
@needs(EDIT)
def switch_rule(request: TenantRequest, code: str, to: str) -> HttpResponse:
    """Let a rule be asked or not."""
    if to not in ("on", "off"):
        raise Http404
    services.switch(rule=_rule_or_404(code), is_active=to == "on")
    back = reverse("leads:switch_arbitration_rule", args=[code, "off" if to == "on" else "on"])
    words = _("Rule switched on.") if to == "on" else _("Rule switched off.")
    return _changed(request, words, undo=back)


@require_POST
@needs(EDIT)
def reset_terms(request: TenantRequest) -> HttpResponse:
    """The usual order and days again."""
    services.reset()
    return _changed(request, _("The usual order and days hold again."))


@needs(EDIT)
def edit_days(request: TenantRequest) -> HttpResponse:
    """How long a follow-up and an exhibition count, and when a decider is reminded."""
    form = TermsForm(request.POST or None, instance=arbitration_terms())
    if request.method == "POST" and form.is_valid():
        services.save_days(**form.cleaned_data)
        return htmx.done(
            request, url=reverse("leads:arbitration_rules"), message=_("Saved."), trigger=CHANGED
        )
    context = {"form": form, "title": _("Days and hours"), "submit": _("Save")}
    return htmx.form_page(request, "web/form.html", context)


def _rule_or_404(code: str) -> Rule:
    """A rule that may be moved and switched: the last one always answers."""
    if code not in set(Rule) or code == Rule.REGISTRATION:
        raise Http404
    return Rule(code)


def _changed(request: TenantRequest, message: str, *, undo: str = "") -> HttpResponse:
    url = reverse("leads:arbitration_rules")
    return acted(request, url=url, message=message, trigger=CHANGED, undo=undo)
