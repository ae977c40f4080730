"""Controls with the browser's own pickers and keyboards."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class OwnTemplate:
    """Renders with the project's templates, which Django's form renderer does not see."""

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        return render_to_string(template_name, context)


class DateInput(forms.DateInput):
    """<input type=date>; always ISO in HTML, shown in the reader's way by the browser."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """<input type=datetime-local> in the reader's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MoneyInput(OwnTemplate, forms.TextInput):
    """A right-aligned amount with its currency in front."""

    template_name = "components/widgets/money.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, symbol: str = "¥") -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off"} | (attrs or {}))
        self.attrs["class"] = "tz-end"
        self.symbol = symbol

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"symbol": self.symbol}


class PhoneInput(forms.TextInput):
    """A telephone number: the number keyboard on a phone."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off"} | (attrs or {}))


class FileDrop(OwnTemplate, forms.FileInput):
    """A zone to drop a file on, or to press and choose one."""

    template_name = "components/widgets/file_drop.html"
    use_fieldset = False
