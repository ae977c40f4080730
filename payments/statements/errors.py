from collections.abc import Mapping
from types import MappingProxyType

from crm.tabular import REASON_CODES as TABLE_REASON_CODES

REASON_CODES = (
    *TABLE_REASON_CODES,
    "unknown_layout",
    "bad_date",
    "ambiguous_date",
    "bad_amount",
    "no_amount",
    "unknown_direction",
)


class UnreadableStatement(Exception):
    """A bank file that cannot be read: where it fails and why.

    `place` is "file", "sheet:<name>" or "row:<number>"; `params` fill the worded reason.
    """

    def __init__(
        self, place: str, reason_code: str, params: Mapping[str, object] | None = None
    ) -> None:
        self.place = place
        self.reason_code = reason_code
        self.params: Mapping[str, object] = MappingProxyType(dict(params or {}))
        super().__init__(f"{place}: {reason_code} {dict(self.params)}")

    def __reduce__(self) -> tuple[type["UnreadableStatement"], tuple[str, str, dict[str, object]]]:
        return type(self), (self.place, self.reason_code, dict(self.params))
