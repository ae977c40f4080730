"""Words and colours of shares, transfers and hand-overs."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TRANSFER_COLOURS = {
    "waiting": "amber",
    "scheduled": "blue",
    "done": "green",
    "refused": "red",
    "withdrawn": "grey",
    "undone": "grey",
    "failed": "red",
}
HAND_OVER_COLOURS = {"draft": "amber", "done": "green", "undone": "grey"}
OUTCOME_COLOURS = {
    "waiting": "blue",
    "moved": "green",
    "skipped": "grey",
    "restored": "teal",
    "moved_on": "amber",
}
# What a record's story calls it, and its icon; the record's own word stands in front.
OPERATIONS: dict[str, tuple[str | Promise, str]] = {
    "shared": (_("shared it"), "user-plus"),
    "unshared": (_("took a share back"), "user-minus"),
    "share_ended": (_("a share ended"), "clock"),
    "transferred": (_("transferred it"), "arrows-left-right"),
    "handed_over": (_("handed it over"), "arrows-left-right"),
}


def operations(*names: str) -> dict[str, tuple[str | Promise, str]]:
    """The words for some nouns: customer.shared, customer.transferred, …."""
    return {f"{name}.{verb}": words for name in names for verb, words in OPERATIONS.items()}
