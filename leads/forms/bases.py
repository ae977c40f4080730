"""What the forms of records share: stale pages, one field in place, the duplicate check."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web.components import Label
from crm.web.forms import PhoneField, TenantModelForm, dress
from crm.web.widgets import OwnTemplate
from leads.numbers import ROOM, other_numbers, split_numbers
from leads.selectors.similar import SimilarCard
from leads.selectors.versions import as_it_was
from leads.selectors.wording import in_words
from leads.services.refusals import ConfirmationNeeded, LikelyDuplicate

STEERING = frozenset({"version", "explanation", "owner"})
WHILE_TYPED = gettext_lazy("While you type, clients like it are pointed out here.")
LOOK_UP_FIELDS = (
    "company_name",
    "name",
    "phone",
    "other_phones",
    "email",
    "credit_code",
    "wechat",
    "website",
)


class CompanyInput(OwnTemplate, forms.TextInput):
    """A company's name with the quiet line of similar clients under it.

    `hint` stands in that line as long as there is nothing to say.
    """

    template_name = "leads/widgets/company.html"

    def __init__(self, kind: str, hint: Label = "") -> None:
        super().__init__({"autocomplete": "off", "autofocus": True})
        self.kind, self.hint = kind, hint or WHILE_TYPED

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"kind": self.kind, "hint": self.hint}


class ReasonInput(OwnTemplate, forms.TextInput):
    """Who looks after this client already, and a line for why one continues.

    `marks` are asked to be ticked when looking is enough; with `is_open` a reason may be given.
    """

    template_name = "leads/widgets/reason.html"

    def __init__(
        self,
        cards: Sequence[SimilarCard],
        *,
        marks: str = "",
        is_open: bool = True,
        is_paused: bool = False,
    ) -> None:
        super().__init__({"placeholder": gettext_lazy("Why do you continue?")})
        self.cards, self.marks, self.is_open = cards, marks, is_open
        self.is_paused = is_paused
        if is_open and not marks:
            self.attrs["autofocus"] = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        more = {"cards": self.cards, "marks": self.marks, "is_open": self.is_open}
        more["is_paused"] = self.is_paused
        return super().get_context(name, value, attrs) | more


def reason_field(widget: ReasonInput | None = None, label: Any = "") -> forms.CharField:
    """Why a client is entered although it is known: hidden until there are cards to show."""
    tells = widget is not None and widget.is_open
    field = forms.CharField(
        required=False,
        max_length=200,
        label=label or gettext_lazy("Already looked after"),
        help_text=gettext_lazy("The owner and both managers will read it.") if tells else "",
        widget=widget or forms.HiddenInput(),
    )
    dress(field, wide=True)
    return field


def first_reason_field(data: Any) -> forms.CharField:
    """The field before the service has said anything; what was typed into it stays visible."""
    return reason_field(ReasonInput([]) if data.get("explanation") else None)


def asking_field(refusal: LikelyDuplicate, cards: Sequence[SimilarCard]) -> forms.CharField:
    """The field that puts to the reader what the service asks, with the cards it is about."""
    if refusal.asks == "nothing":
        shown = ReasonInput(cards, is_open=False, is_paused=not cards)
        return reason_field(shown, gettext_lazy("Not entered"))
    if not isinstance(refusal, ConfirmationNeeded):
        return reason_field(ReasonInput(cards, is_paused=not cards))
    marks = " ".join(card.mark for card in cards)
    label = gettext_lazy("Already yours") if refusal.is_own else gettext_lazy("Similar client")
    shown = ReasonInput(cards, marks=marks, is_open=not refusal.is_own, is_paused=not cards)
    return reason_field(shown, label)


def linked_to_cards(message: Label) -> str:
    """The message at the top of the form, leading to the cards it is about."""
    return format_html('{} <a href="#field-explanation">{}</a>', message, _("See below"))


def forget_bound(form: Any) -> None:
    """Make the form render its fields as they are now, not as they were when it was checked."""
    form._bound_fields_cache.clear()


def soften(field: forms.Field) -> None:
    """Show a dash where nothing is chosen."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "—"
    elif isinstance(field, forms.ChoiceField) and not field.required:
        known: Any = field.choices
        field.choices = [("", "—"), *(one for one in known if one[0])]


class OtherPhonesField(PhoneField):
    """Further numbers of the same person, in one line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Other phones"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", ROOM)
        kwargs.setdefault("help_text", gettext_lazy("Several numbers: a comma between them."))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Each number once, in the spelling in which they are kept: never longer than typed."""
        return other_numbers(split_numbers(super().clean(value)))


class RecordForm(TenantModelForm):
    """A record's facts; `only` narrows it to one field edited in place."""

    # fields that make sense only together, when one of them is edited in place
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, only: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        elif not self.is_bound:
            self.initial["version"] = self.instance.version
        for field in self.fields.values():
            soften(field)
        if only in self.fields:
            self.keep({only, *self.companions.get(only, ())})

    def keep(self, names: Iterable[str]) -> None:
        """Show these fields only, and what every form carries along."""
        kept = {*names, "version", "explanation"}
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]

    @property
    def facts(self) -> dict[str, Any]:
        """The record's own values, without what steers the form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in STEERING}

    def show_both(self, current: Any) -> None:
        """Somebody else saved meanwhile: keep what was typed here, take over what was not.

        Where both changed a field, what is stored now stands below what was typed.
        """
        read = as_it_was(current, self.cleaned_data.get("version"))
        data = {**self.data.dict(), "version": str(current.version)}  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if name in STEERING or not hasattr(current, name):
                continue
            stored, typed = getattr(current, name), self.cleaned_data.get(name)
            was = _value(read, current, name) if read is not None else None
            if read is not None and typed == was:
                data[name] = _as_typed(field, stored)
            elif stored not in (typed, was):
                field.help_text = _("Stored now: %(value)s") % {"value": in_words(current, name)}
        self.data = data
        forget_bound(self)
        self.add_error(
            None,
            _(
                "Somebody else saved this record while you were editing. Where you both changed a "
                "field, what is stored now is shown below yours; save again to keep yours."
            ),
        )


def _value(state: Any, current: Any, name: str) -> Any:
    """A field of an earlier state, as the form would have cleaned it."""
    field = current._meta.get_field(name)
    if not field.is_relation:
        return getattr(state, name)
    pk = getattr(state, field.attname)
    return field.related_model._default_manager.filter(pk=pk).first() if pk else None


def _as_typed(field: forms.Field, value: Any) -> Any:
    """A stored value as the browser would have sent it."""
    shown = field.widget.format_value(field.prepare_value(value))
    return (shown[0] if shown else "") if isinstance(shown, list) else shown or ""


class DuplicateCheckMixin:
    """Asks about similar clients while one types, and for a reason before entering one twice."""

    fields: dict[str, forms.Field]
    data: Any
    instance: Any
    record_kind = ""
    company_field = "company_name"

    def prepare_check(self) -> None:
        """Let the telling fields ask the server, and show the reason once it was asked for."""
        record = f"{self.record_kind}:{self.instance.pk or ''}"
        for name in LOOK_UP_FIELDS:
            if name in self.fields:
                self.fields[name].widget.attrs |= look_up_attrs(self.record_kind, record)
        self.place_reason(first_reason_field(self.data))

    @property
    def confirmed(self) -> list[str]:
        """The marks of the cards that were ticked as looked at."""
        return str(self.data.get("confirmed", ""))[:2_000].split()

    def place_reason(self, field: forms.CharField) -> None:
        """Put the field for the reason right below the company's name."""
        rest = {name: one for name, one in self.fields.items() if name != "explanation"}
        self.fields.clear()
        for name, one in rest.items():
            self.fields[name] = one
            if name == self.company_field:
                self.fields["explanation"] = field
        self.fields.setdefault("explanation", field)

    @property
    def typed_name(self) -> str:
        """The company's name as it was typed, or as it is stored when it is not in the form."""
        known = getattr(self.instance, self.company_field, "")
        return str(self.cleaned_data.get(self.company_field, known))  # type: ignore[attr-defined]

    def ask(self, refusal: LikelyDuplicate, cards: Sequence[SimilarCard]) -> None:
        """Come back with the cards and what the service asks: never a dead end."""
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.place_reason(asking_field(refusal, cards))
        forget_bound(self)
        self.add_error(None, linked_to_cards(str(refusal)))  # type: ignore[attr-defined]


def look_up_attrs(kind: str, record: str, fields: Sequence[str] = LOOK_UP_FIELDS) -> dict[str, str]:
    """The attributes by which a field asks for similar clients half a breath after a change.

    `record` ("lead:12") is the client that is no duplicate of itself.
    """
    return {
        "hx-post": str(reverse_lazy("leads:similar")),
        "hx-trigger": "input changed delay:350ms",
        "hx-target": f"#similar-{kind}",
        "hx-indicator": f"#similar-{kind}",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
        "hx-disabled-elt": "unset",
        "hx-params": ",".join((*fields, "csrfmiddlewaretoken", "record")),
        "hx-vals": f'{{"record": "{record}"}}',
    }
