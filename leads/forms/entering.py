from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.sharing.forms import check_not_past
from crm.web.forms import DateField, TenantForm, TenantModelForm
from leads.entering import CONDITIONS
from leads.enums import CardFact, Channel, CompleteField, CustomerLevel, RuleEffect
from leads.forms.assignments import Ticks
from leads.identity import Identity
from leads.models import CollisionRule, CollisionSettings
from leads.services.collision_rules import as_conditions

EFFECTS = (
    (RuleEffect.REFUSE, _("Refuse: it cannot be entered, only asked to be shared")),
    (RuleEffect.BLOCK, _("Block: only with a reason, which opens a collision case")),
    (RuleEffect.WARN, _("Warn: somebody must look and confirm; others' clients open a case")),
    (RuleEffect.IGNORE, _("Ignore: nothing is asked, and no later rule either")),
)


class ProtectForm(TenantForm):
    """Why a customer is protected, and until when."""

    until = DateField(label=_("Protected until"), help_text=_("To the end of that day."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Until then colleagues cannot work on duplicates of it. They read the reason."),
    )
    wide = ("reason",)

    def clean_until(self) -> Any:
        """Today or later."""
        return check_not_past(self.cleaned_data["until"])


class RuleForm(TenantForm):
    """One collision rule: what must agree, for which entries, and what then happens."""

    name = forms.CharField(label=_("Name of the rule"), max_length=120)
    needs = forms.MultipleChoiceField(
        label=_("Fires when all of these hold"), choices=tuple(CONDITIONS.items()), widget=Ticks
    )
    effect = forms.ChoiceField(
        label=_("What happens"), choices=EFFECTS, widget=forms.RadioSelect, initial="warn"
    )
    channels = forms.MultipleChoiceField(
        label=_("Only entries from these sources"),
        choices=Channel.choices,
        required=False,
        widget=Ticks,
        help_text=_("None ticked: from every source."),
    )
    levels = forms.MultipleChoiceField(
        label=_("Only when a customer of these levels is met"),
        choices=CustomerLevel.choices,
        required=False,
        widget=Ticks,
        help_text=_("None ticked: any level, and leads."),
    )
    wide = ("name", "needs", "effect", "channels", "levels")

    @property
    def facts(self) -> dict[str, Any]:
        """The rule's columns as its service takes them."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "conditions": as_conditions(data["needs"]),
            "effect": data["effect"],
            "channels": data["channels"],
            "levels": data["levels"],
        }


def initial_of(rule: CollisionRule) -> dict[str, Any]:
    """A stored rule as the form shows it."""
    return {
        "name": str(rule.title),
        "needs": [f"{one['field']}:{one['op']}" for one in rule.conditions],
        "effect": rule.effect,
        "channels": rule.channels,
        "levels": rule.levels,
    }


class SettingsForm(TenantModelForm):
    """Hours, look-ups, protection, and what a redacted card shows."""

    card_shows = forms.MultipleChoiceField(
        label=_("A redacted card shows"), choices=CardFact.choices, required=False, widget=Ticks
    )
    complete_fields = forms.MultipleChoiceField(
        label=_("A complete customer has"), choices=CompleteField.choices, widget=Ticks,
        help_text=_("What the figures count as complete. Months that are over stay as they were."),
    )  # fmt: skip
    digest_hour = forms.TypedChoiceField(
        label=_("Early warnings go out from"), coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        help_text=_("Once a day, in the organisation's time zone. If today's has gone out, the"
        " new hour counts from tomorrow."),
    )  # fmt: skip
    wide = ("name_on_card", "card_shows", "complete_fields")
    parts = (
        (
            _("Deciding cases"),
            _("Counted in the working hours of whoever decides or may appeal."),
            ("decision_hours", "appeal_hours"),
        ),
        (
            _("Redacted cards"),
            _("What is told of a client whose record the reader may not see. Phone, contacts,"
              " amounts and notes never are."),
            ("name_on_card", "card_shows"),
        ),
        (
            _("Looking clients up"),
            _("How often one member may ask whose client a company is, in a form or by a program."
              " Beyond that no cards are shown for a while."),
            ("lookups_per_minute", "lookups_per_day"),
        ),
        (
            _("Protection"),
            _("As long as a client is protected, nobody else can work on duplicates of it."),
            ("protect_days", "protect_limit"),
        ),
        (
            _("Early warning"),
            _("Pairs of clients that may come to collide are told to managers once a day."),
            ("digest_hour",),
        ),
        (
            _("Indicators"),
            _("What the figures of collisions are measured by. Empty: no target."),
            ("complete_fields", "target_rate", "target_completeness", "target_sharing",
             "target_hours", "target_per_rep"),
        ),
    )  # fmt: skip

    class Meta:
        model = CollisionSettings
        fields = (
            "decision_hours", "appeal_hours", "lookups_per_minute", "lookups_per_day",
            "protect_days", "protect_limit", "name_on_card", "card_shows",
            "complete_fields", "digest_hour", "target_rate", "target_completeness",
            "target_sharing", "target_hours", "target_per_rep",
        )  # fmt: skip


class TryForm(TenantForm):
    """A client to try the rules on; nothing is saved."""

    company_name = forms.CharField(label=_("Company"), max_length=200, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.CharField(label=pgettext_lazy("field", "E-mail"), max_length=254, required=False)
    credit_code = forms.CharField(label=_("Credit code"), max_length=18, required=False)
    channel = forms.ChoiceField(label=_("Source"), choices=Channel.choices, initial="manual")

    @property
    def identity(self) -> Identity:
        """Who was typed."""
        data = self.cleaned_data
        return Identity(
            company=data["company_name"],
            phones=(data["phone"],) if data["phone"] else (),
            emails=(data["email"],) if data["email"] else (),
            credit_code=data["credit_code"],
        )


class GrantForm(TenantForm):
    """How long a share lasts that was asked for."""

    until = DateField(
        label=pgettext_lazy("share", "Until"),
        required=False,
        help_text=_("To the end of that day; empty: for good."),
    )

    def clean_until(self) -> Any:
        """Today or later."""
        return check_not_past(self.cleaned_data["until"])


class DeclineForm(TenantForm):
    """Why a client is not shared."""

    answer = forms.CharField(label=_("Reason"), max_length=200)
    wide = ("answer",)
