import unicodedata
from decimal import Decimal
from typing import Any

from django import forms


class TypedDecimal(forms.DecimalField):
    """A number as people type it: 1,200 or full-width digits."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "class": "tz-end"}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").strip()
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Without the zeros that only the column needs."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value
