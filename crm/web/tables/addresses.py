"""The query string of a list: which keys steer the page, and how a form keeps the others."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.safestring import SafeString

from crm.web.markup import escape, safe

CONTROL_KEYS = (
    *("after", "before", "page", "panel"),
    *("export", "export_reason", "export_ticket", "verifying"),
)


def hidden_inputs(query: QueryDict, *, without: Sequence[str] = ()) -> SafeString:
    """A query string as hidden inputs, so that a GET form keeps what it does not ask."""
    gone = {*CONTROL_KEYS, *without}
    return safe(
        "".join(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
            for key, values in query.lists()
            if key not in gone
            for value in values
        )
    )
