"""The parts in which reps share a client: one field for all of them, with their sum in sight."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.models import Member
from crm.web.widgets import OwnTemplate

MOST_SHOWN = 4
FEWEST_FOLDED = 3
LARGEST = 99
WHOLE = 100


class PartsInput(OwnTemplate, forms.Widget):
    """A number for each rep; of many, those without a part are folded away."""

    template_name = "leads/widgets/parts.html"

    def __init__(self, reps: Sequence[Member]) -> None:
        super().__init__()
        self.reps = reps

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = {rep.pk: (value or {}).get(rep.pk, "") for rep in self.reps}
        spare = [rep for rep in self.reps[MOST_SHOWN:] if not given[rep.pk]]
        folded = spare if len(spare) >= FEWEST_FOLDED else []
        parts = [
            {"rep": rep, "part": given[rep.pk], "name": f"share_{rep.pk}", "folded": rep in folded}
            for rep in self.reps
        ]
        known = [int(part) for part in map(str, given.values()) if is_whole(part)]
        context = super().get_context(name, value, attrs)
        return context | {
            "parts": parts,
            "folded": len(folded),
            "sum_words": sum_words(sum(known)),
            "templates": sum_templates(),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[int, str]:
        """What was typed, by rep."""
        return {rep.pk: str(data.get(f"share_{rep.pk}", "")).strip() for rep in self.reps}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"share_{rep.pk}" in data for rep in self.reps)

    def id_for_label(self, id_: str) -> str:
        """The first number: a group has none of its own."""
        return f"{id_}_{self.reps[0].pk}" if self.reps else ""


class PartsField(forms.Field):
    """Whole percents by member, of those who get a part."""

    widget: PartsInput

    def __init__(self, reps: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Part of each rep"),
            required=False,
            widget=PartsInput(reps),
            help_text=gettext_lazy("Who has nothing here gets no part."),
            **kwargs,
        )

    def to_python(self, value: Mapping[int, str] | None) -> dict[int, int]:
        """Every part a whole number; nought is none."""
        found = {}
        for rep in self.widget.reps:
            typed = (value or {}).get(rep.pk, "")
            if not typed:
                continue
            if not (is_whole(typed) and int(typed) <= LARGEST):
                words = _("%(name)s: a whole number from 0 to %(largest)s.")
                raise ValidationError(words % {"name": rep.name, "largest": LARGEST})
            found[rep.pk] = int(typed)
        return {pk: part for pk, part in found.items() if part}


def is_whole(typed: str) -> bool:
    """A number of three digits at most: what is longer is no part."""
    return typed.isdecimal() and len(typed) <= 3


def sum_words(total: int) -> str:
    """What the parts make, and what is left."""
    kind = "over" if total > WHOLE else "whole" if total == WHOLE else "left"
    return sum_templates()[kind] % {"total": total, "rest": abs(WHOLE - total)}


def sum_templates() -> dict[str, str]:
    """The same for the browser, which puts the numbers in while somebody types."""
    return {
        "left": _("Together %(total)s%%, %(rest)s%% left"),
        "whole": _("Together %(total)s%%"),
        "over": _("Together %(total)s%%, %(rest)s%% too much"),
    }
