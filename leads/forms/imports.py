from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.tabular.headers import column_letter
from crm.web import formats
from crm.web.asked import record_id
from crm.web.forms import FileField, TenantForm
from leads.enums import Channel
from leads.models import ImportBatch
from leads.selectors.imports_cases import Foreseen
from leads.selectors.imports_words import FIELD_LABELS

# What a person may say a file came from; the others have no files.
FILE_CHANNELS = (
    Channel.EXHIBITION,
    Channel.PLATFORM,
    Channel.WEBSITE,
    Channel.REFERRAL,
    Channel.PHONE,
    Channel.EMAIL,
    Channel.FILE,
)
REPEATABLE = frozenset({"need", "other_phone"})


class UploadForm(TenantForm):
    """A lead file and where it comes from."""

    file = FileField(
        label=gettext_lazy("Lead file"),
        help_text=gettext_lazy("Excel or CSV with column names, up to 200,000 rows."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Source"),
        choices=[(channel.value, channel.label) for channel in FILE_CHANNELS],
        initial=Channel.EXHIBITION,
    )
    campaign = forms.CharField(
        label=gettext_lazy("Campaign or event"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For rows that do not say it themselves."),
    )


@dataclass(frozen=True)
class ColumnChoice:
    """A column of the file: its name, what is in it, and the field it fills."""

    index: int
    name: str
    samples: tuple[str, ...]
    field: str

    @property
    def html_name(self) -> str:
        return f"column-{self.index}"


def column_choices(batch: ImportBatch, mapping: dict[str, str]) -> list[ColumnChoice]:
    """Every column of the file with the field it fills at present."""
    width = max([len(batch.header), *(len(row) for row in batch.samples)])
    return [
        ColumnChoice(
            index,
            (batch.header[index] if index < len(batch.header) else "") or column_letter(index),
            tuple(row[index] for row in batch.samples if index < len(row) and row[index])[:3],
            mapping.get(str(index), ""),
        )
        for index in range(width)
    ]


def field_options() -> list[tuple[str, str]]:
    """The fields a column may fill."""
    return [("", _("Leave out")), *((name, str(label)) for name, label in FIELD_LABELS.items())]


def read_mapping(posted: QueryDict) -> dict[str, str]:
    """Column → field as the drop-downs say."""
    found: dict[str, str] = {}
    for name, value in posted.items():
        index = name.removeprefix("column-")
        if index != name and record_id(index) is not None and value in FIELD_LABELS:
            found[index] = str(value)
    return found


def mapping_errors(mapping: dict[str, str]) -> list[str]:
    """What is missing or chosen twice, in words."""
    errors = []
    chosen = list(mapping.values())
    if "company_name" not in chosen:
        errors.append(_("Say which column holds the company's name: every lead needs one."))
    twice = _chosen_twice(chosen)
    if twice:
        words = ", ".join(str(FIELD_LABELS[name]) for name in twice)
        errors.append(_("Chosen for several columns: %(fields)s.") % {"fields": words})
    return errors


def _chosen_twice(chosen: Sequence[str]) -> list[str]:
    return [
        name for name in FIELD_LABELS if name not in REPEATABLE and list(chosen).count(name) > 1
    ]


# From here on whoever imports must say that they mean to open so many cases.
MANY_CASES = 200


class StartForm(forms.Form):
    """What to do with the rows that may be duplicates, and leave to open very many cases."""

    include_probable = forms.BooleanField(required=False)
    agreed = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, cases: Foreseen) -> None:
        super().__init__(data)
        self.cases = cases

    def clean(self) -> dict[str, Any]:
        found = {name: bool(self.cleaned_data.get(name)) for name in self.fields}
        number = self.cases.owned + (self.cases.probable if found["include_probable"] else 0)
        if number > MANY_CASES and not found["agreed"]:
            raise forms.ValidationError(
                _("This opens up to %(number)s collision cases. Tick that you mean it."),
                params={"number": formats.number(number)},
            )
        return found

    @property
    def refusal(self) -> str:
        """Why it cannot start like this."""
        return " ".join(str(one) for one in self.non_field_errors())
