"""Deciding a case, appealing, stating one's side, reporting by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.people.models import Member
from crm.sharing.forms import check_near
from crm.web.forms import DateField, TenantForm, TenantModelForm
from crm.web.widgets import OwnTemplate
from leads.enums import CollisionOutcome
from leads.forms.parts import FEWEST_FOLDED, MOST_SHOWN, WHOLE, PartsField
from leads.models import ArbitrationTerms
from leads.selectors.entering import collision_settings
from leads.services.case_enforcement import Ruling

LONGEST_DAYS = 3_650


@dataclass(frozen=True)
class Choice:
    """One way to decide: what it is called, and what it will change."""

    outcome: CollisionOutcome
    winner: Member | None
    label: str
    effect: str
    is_proposed: bool = False

    @property
    def value(self) -> str:
        return f"{self.outcome}:{self.winner.pk if self.winner else ''}"


class RulingInput(OwnTemplate, forms.RadioSelect):
    """The ways to decide as cards, the proposed one marked."""

    template_name = "leads/widgets/ruling.html"

    def __init__(self, ways: Sequence[Choice]) -> None:
        super().__init__()
        self.ways = ways

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"groups": list(self._groups(value)), "chosen": value}

    def _groups(self, chosen: Any) -> Iterator[tuple[list[Choice], list[Choice]]]:
        """Ways of one outcome: of many reps the first few are in sight, and whom it is about."""
        for _outcome, found in groupby(self.ways, key=lambda way: way.outcome):
            ways = list(found)
            spare = [way for way in ways[MOST_SHOWN:] if not way.is_proposed]
            folded = [way for way in spare if way.value != chosen]
            if len(folded) < FEWEST_FOLDED:
                folded = []
            yield [way for way in ways if way not in folded], folded


class SharesForm(TenantForm):
    """The parts of the reps in one field; together they make 100."""

    def add_shares(self, reps: Sequence[Member], shares: Mapping[int, int]) -> None:
        """The field, as it begins."""
        self.fields["shares"] = PartsField(list(reps), initial=dict(shares))

    def check_shares(self, data: dict[str, Any]) -> None:
        """Say what they make instead."""
        if "shares" in self.errors:
            return
        total = sum(data["shares"].values())
        if total != WHOLE:
            message = _("The shares make %(total)s%%, not 100%%.") % {"total": total}
            self.add_error("shares", message)

    @property
    def shares(self) -> dict[int, int]:
        """Percent by member, of those who get a part."""
        found: dict[int, int] = self.cleaned_data["shares"]
        return found


class PartsForm(SharesForm):
    """The parts of a client that is shared already, from which day on, and why."""

    starts_on = DateField(
        label=gettext_lazy("Counts from"),
        required=False,
        help_text=gettext_lazy(
            "Empty: today. Orders that are entered from now on and dated from this day on are"
            " credited in these parts; every other order keeps the credit it has."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Everybody in the case reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    wide = ("shares", "starts_on", "reason")

    def __init__(
        self, *args: Any, reps: Sequence[Member], shares: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_shares(reps, shares)
        self.order_fields(["shares", "starts_on", "reason", "version"])
        self.prepare()

    def clean(self) -> dict[str, Any]:
        """All parts together are the whole client."""
        data = super().clean() or self.cleaned_data
        self.check_shares(data)
        return data

    def clean_starts_on(self) -> date | None:
        return check_near(self.cleaned_data["starts_on"])


class DecideForm(SharesForm):
    """One outcome, its shares, a reason where it is not what the rules propose."""

    choice = forms.ChoiceField(label=pgettext_lazy("collision", "Decision"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Needed where you decide otherwise than proposed. All parties read it."
        ),
    )
    commission_cutoff = DateField(
        label=gettext_lazy("Commission cut-off"),
        required=False,
        help_text=gettext_lazy(
            "Empty: today. Where the client goes over or is shared: orders of it that are entered"
            " later but dated before this day stay credited to who had it; later ones are the new"
            " owner's, or shared in the parts above. Orders there are stay with whoever sold them."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    wide = ("choice", "shares", "reason", "commission_cutoff")

    def __init__(
        self,
        *args: Any,
        ways: Sequence[Choice],
        reps: Sequence[Member],
        shares: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ways = {way.value: way for way in ways}
        choice = self.fields["choice"]
        choice.widget = RulingInput(ways)
        choice.choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        self.reps = list(reps)
        self.add_shares(reps, shares)
        self.order_fields(["choice", "shares", "reason", "commission_cutoff"])
        self.prepare()

    def clean(self) -> dict[str, Any]:
        """What the service would refuse, said at the field where it is put right."""
        data = super().clean() or self.cleaned_data
        way = self.ways.get(data.get("choice") or "")
        if way is None:
            return data
        if way.outcome == CollisionOutcome.SHARE:
            self.check_shares(data)
        if not way.is_proposed and not data.get("reason"):
            self.add_error("reason", _("Give a reason: this is not what the rules propose."))
        return data

    @property
    def ruling(self) -> Ruling:
        """What was filled in, for the service."""
        data = self.cleaned_data
        way = self.ways[data["choice"]]
        shares: dict[int, int] = {}
        winner = way.winner
        if way.outcome == CollisionOutcome.SHARE:
            shares = self.shares
            most = max(shares, key=lambda pk: shares[pk], default=None)
            winner = next((rep for rep in self.reps if rep.pk == most), None)
        return Ruling(way.outcome, winner, shares, data["reason"], data["commission_cutoff"])

    def clean_commission_cutoff(self) -> date | None:
        return check_near(self.cleaned_data["commission_cutoff"])


class ClaimForm(TenantForm):
    """Why an imported row is a claim to somebody else's client."""

    why = forms.CharField(
        label=gettext_lazy("Why should this be settled?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    wide = ("why",)


class AppealForm(TenantForm):
    """What the decision overlooked."""

    reason = forms.CharField(
        label=gettext_lazy("What did the decision overlook?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )
    wide = ("reason",)


class WithdrawForm(TenantForm):
    """Why something is taken back; not everywhere needed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=gettext_lazy("Everybody in the case reads it."),
    )
    wide = ("reason",)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
        self.prepare()


class StatementForm(TenantForm):
    """A rep's own account."""

    text = forms.CharField(
        label=gettext_lazy("How did you come to this client?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
    )
    wide = ("text",)


class OtherRecordInput(OwnTemplate, forms.RadioSelect):
    """Similar clients as cards to choose from."""

    template_name = "leads/widgets/other_record.html"

    def __init__(self, cards: Sequence[Any]) -> None:
        super().__init__()
        self.cards = cards

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"cards": self.cards, "chosen": value}


class ReportForm(TenantForm):
    """Which other record is the same client, and why."""

    other = forms.ChoiceField(label=gettext_lazy("Same client as"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Or the number of a lead or customer"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("L26-000123 or C26-000045"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why is it one client?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    wide = ("other", "number", "why")

    def __init__(self, *args: Any, cards: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        if cards:
            field.widget = OtherRecordInput(cards)
            field.choices = [(value, card.title) for value, card in cards]  # type: ignore[attr-defined]
        else:
            del self.fields["other"]
            self.fields["number"].label = _("Number of the other lead or customer")
        self.prepare()

    def clean(self) -> dict[str, Any]:
        """One of the two says which record is meant."""
        data = super().clean() or self.cleaned_data
        if not data.get("other") and not data.get("number"):
            self.add_error("number", _("Say which record is the same client."))
        return data


class TermsForm(TenantModelForm):
    """How long a follow-up and an exhibition count, and when a decider is reminded."""

    effective_days = forms.IntegerField(
        label=gettext_lazy("Days an effective follow-up counts"),
        min_value=1,
        max_value=LONGEST_DAYS,
    )
    exhibition_days = forms.IntegerField(
        label=gettext_lazy("Days an exhibition record counts"), min_value=1, max_value=LONGEST_DAYS
    )
    remind_hours = forms.IntegerField(
        label=gettext_lazy("Reminder, working hours before the deadline"), min_value=1
    )

    class Meta:
        model = ArbitrationTerms
        fields = ("effective_days", "exhibition_days", "remind_hours")

    def clean_remind_hours(self) -> int:
        """Later than the case begins: who is asked is told at once anyway."""
        hours: int = self.cleaned_data["remind_hours"]
        longest = collision_settings().decision_hours
        if hours >= longest:
            raise forms.ValidationError(
                _("Fewer than the %(hours)s hours there are to decide.") % {"hours": longest}
            )
        return hours
