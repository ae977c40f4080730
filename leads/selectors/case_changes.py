"""What a decision changed, in words: read from the list that an appeal would put back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.people.holdings import holding
from leads.enums import RecordKind
from leads.selectors.identity import Pair
from leads.selectors.splits import split_in_words

Change = Mapping[str, Any]


def let_in(changes: Iterable[Change]) -> list[Pair]:
    """The records that were shared with somebody, each once."""
    return list(dict.fromkeys(shared_pair(one) for one in changes if one["what"] == "grant"))


def shared_pair(change: Change) -> Pair:
    """What was shared; decisions of before leads could be shared name a customer."""
    if "customer" in change:
        return RecordKind.CUSTOMER.value, change["customer"]
    return change["kind"], change["id"]


def changes_in_words(changes: Iterable[Change], names: Mapping[int, str]) -> list[str]:
    """One line per kind of change, in the order they were made."""
    all_changes = list(changes)
    moved: Counter[tuple[str, int]] = Counter()
    let_in: list[str] = []
    closed = 0
    for one in all_changes:
        if one["what"] == "owner":
            moved[one["key"], one["receiver"]] += len(one["rows"])
        elif one["what"] == "grant":
            let_in.append(names.get(one["member"], ""))
        elif one["what"] == "closed":
            closed += 1
    lines = [
        f"{holding(key).label} {count} → {names.get(receiver, '')}"
        for (key, receiver), count in moved.items()
    ]
    if closed:
        words = ngettext(
            "%(count)s lead closed as a duplicate", "%(count)s leads closed as duplicates", closed
        )
        lines.append(words % {"count": closed})
    lines += [
        _("%(name)s may work on the client") % {"name": name} for name in dict.fromkeys(let_in)
    ]
    return lines + split_in_words(all_changes, names)
