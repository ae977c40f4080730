from typing import Any

from django import forms

from crm.web.widgets import OwnTemplate


class Ticks(OwnTemplate, forms.CheckboxSelectMultiple):
    """Choices to tick, side by side; a long list scrolls."""

    template_name = "people/_ticks.html"


class TimeInput(forms.TimeInput):
    """<input type=time>."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")
