"""What the columns of tracked records are called where their changes are told."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy, pgettext_lazy

# Kept for machines, or shown in a place of its own: they say nothing to people.
TECHNICAL = frozenset({
    "id", "organization", "path", "offered", "sort_key", "version", "updated_at", "position",
    "name_key", "phone_key", "names_key", "key", "number_index", "is_builtin", "subject_url",
    "subject_kind", "subject_id", "record_kind", "record_id", "left_kind", "left_id", "right_kind",
    "right_id", "kept_kind", "kept_id", "gone_kind", "gone_id", "case_id", "kept_before",
    "gone_before", "picks", "explanation", "required_since", "choices", "exceptions", "noun",
})  # fmt: skip
SPLIT = "leads.clientsplit"
LABELS: Mapping[tuple[str, str], Any] = {
    ("people.department", "parent"): gettext_lazy("Below"),
    ("orders.quoteline", "quote"): gettext_lazy("quote"),
    (SPLIT, "level"): gettext_lazy("level"),
    (SPLIT, "shares"): gettext_lazy("Parts of the commission"),
    (SPLIT, "ended"): gettext_lazy("Parts that ended"),
    (SPLIT, "starts_on"): gettext_lazy("commission cut-off"),
    (SPLIT, "began_at"): gettext_lazy("Shared since"),
    (SPLIT, "over_at"): gettext_lazy("Shared until"),
}
# Columns whose own name in the code is all they have, by that name.
NAMES: Mapping[str, Any] = {
    "accepted_level": gettext_lazy("Accepted at level"),
    "answered_at": gettext_lazy("Answered"),
    "answered_by": gettext_lazy("Answered by"),
    "asked_at": gettext_lazy("Asked"),
    "at": pgettext_lazy("log", "When"),
    "by": pgettext_lazy("log", "Who"),
    "case": gettext_lazy("Collision case"),
    "check_problem": gettext_lazy("Problem found"),
    "check_state": gettext_lazy("Connection test"),
    "checked_at": gettext_lazy("Tested"),
    "created_at": gettext_lazy("Created"),
    "created_by": gettext_lazy("Created by"),
    "customer": gettext_lazy("Customer"),
    "department": gettext_lazy("Department"),
    "done_at": gettext_lazy("Done at"),
    "ended_at": gettext_lazy("Ended"),
    "ended_by": gettext_lazy("Ended by"),
    "import_batch": gettext_lazy("Import"),
    "joined_at": gettext_lazy("Joined"),
    "lead": pgettext_lazy("record", "Lead"),
    "left_name": gettext_lazy("First record"),
    "line": gettext_lazy("Statement line"),
    "member": gettext_lazy("Member"),
    "merged_into": gettext_lazy("Merged into"),
    "order": pgettext_lazy("record", "Order"),
    "plan": gettext_lazy("Payment plan"),
    "prepared_at": gettext_lazy("Prepared"),
    "prepared_by": gettext_lazy("Prepared by"),
    "price_book": gettext_lazy("Price book"),
    "recorded_by": gettext_lazy("Recorded by"),
    "reminded_at": gettext_lazy("Reminded"),
    "right_name": gettext_lazy("Second record"),
    "role": gettext_lazy("Role"),
    "started_at": gettext_lazy("Begun"),
    "started_by": gettext_lazy("Begun by"),
    "stated_at": gettext_lazy("Stated"),
    "subject_title": gettext_lazy("About"),
    "takes_along": gettext_lazy("Takes along"),
    "unassigned_reason": gettext_lazy("Why without an owner"),
    "typed": gettext_lazy("As typed"),
    "undone_at": pgettext_lazy("moment", "Undone"),
    "undone_by": gettext_lazy("Undone by"),
    "user": gettext_lazy("Account"),
    "withdrawn_at": gettext_lazy("Taken back"),
    "withdrawn_by": gettext_lazy("Taken back by"),
}


# Why the system itself changed something, as the code writes it down.
REASONS: Mapping[str, Any] = {
    "permissions declared since": gettext_lazy("permissions that came with an upgrade"),
    "organisation founded": gettext_lazy("the organisation was founded"),
    "single sign-on": gettext_lazy("single sign-on"),
    "invitation accepted": gettext_lazy("the invitation was accepted"),
    "demo data": gettext_lazy("demo data"),
    "import": gettext_lazy("import"),
    "left": gettext_lazy("left by themselves"),
    "signed out": gettext_lazy("signed out"),
}


def field_words(model: type[Model] | None, field: Any, name: str) -> str:
    """The column's label: its own, else by its name; columns of the past keep that."""
    own = LABELS.get((model._meta.label_lower, name)) if model is not None else None
    given = getattr(field, "_verbose_name", None)
    found = str(own or given or NAMES.get(name) or getattr(field, "verbose_name", name))
    return found[:1].upper() + found[1:]
