from collections.abc import Mapping
from types import MappingProxyType

REASON_CODES = (
    "empty",
    "not_a_table",
    "unsupported_format",
    "encrypted",
    "old_format",
    "damaged",
    "encoding",
    "unpacked_too_large",
    "too_many_cells",
    "too_many_columns",
    "unclosed_quote",
    "cell_too_long",
    "no_such_sheet",
    "no_such_row",
)


class UnreadableTable(Exception):
    """A file that cannot be read as a table: where it fails and why, fit to be worded for people.

    `place` is "file", "sheet:<name>" or "row:<number>"; `params` fill the worded reason.
    """

    def __init__(
        self, place: str, reason_code: str, params: Mapping[str, object] | None = None
    ) -> None:
        self.place = place
        self.reason_code = reason_code
        self.params: Mapping[str, object] = MappingProxyType(dict(params or {}))
        super().__init__(f"{place}: {reason_code} {dict(self.params)}")

    def __reduce__(self) -> tuple[type["UnreadableTable"], tuple[str, str, dict[str, object]]]:
        return type(self), (self.place, self.reason_code, dict(self.params))
