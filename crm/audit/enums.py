from django.db import models
from django.utils.translation import pgettext_lazy


class Verb(models.TextChoices):
    """What kind of act a line of the operation log tells."""

    VIEW = "view", pgettext_lazy("log", "Seen")
    CREATE = "create", pgettext_lazy("log", "Created")
    CHANGE = "change", pgettext_lazy("log", "Changed")
    REMOVE = "remove", pgettext_lazy("log", "Removed")
    EXPORT = "export", pgettext_lazy("log", "Exported")
    SHARE = "share", pgettext_lazy("log", "Shared")
    SIGN_IN = "sign_in", pgettext_lazy("log", "Sign-in")
    ACT_AS = "act_as", pgettext_lazy("log", "Seen as another")
    OTHER = "other", pgettext_lazy("log", "Business")


CREATED = frozenset({"created", "added", "opened", "founded", "joined", "invited", "uploaded"})
CHANGED = frozenset({"changed", "edited", "saved", "moved", "restored", "reactivated"})
REMOVED = frozenset({"removed", "deleted", "deactivated", "revoked"})
SHARED = frozenset({"shared", "unshared", "transferred", "handed_over", "requested"})
SIGN_INS = frozenset(
    {"signed_in", "signed_out", "sign_in_failed", "locked", "unlocked", "password_changed"}
    | {"second_factor_added", "second_factor_removed", "second_factor_failed"}
    | {"recovery_codes_made", "sessions_ended"}
)
BY_ACTION = {
    **dict.fromkeys(CREATED, Verb.CREATE),
    **dict.fromkeys(CHANGED, Verb.CHANGE),
    **dict.fromkeys(REMOVED, Verb.REMOVE),
    **dict.fromkeys(SHARED, Verb.SHARE),
    **dict.fromkeys(SIGN_INS, Verb.SIGN_IN),
    "viewed": Verb.VIEW,
    "api.listed": Verb.VIEW,
    "exported": Verb.EXPORT,
    "downloaded": Verb.EXPORT,
    "export_requested": Verb.EXPORT,
    "export_downloaded": Verb.EXPORT,
    "seen_as": Verb.ACT_AS,
    "see_as_started": Verb.ACT_AS,
    "see_as_ended": Verb.ACT_AS,
    "transfer.done": Verb.SHARE,
}


def verb_of(action: str) -> Verb:
    """The kind of an action such as "list.exported", by its last word."""
    return BY_ACTION.get(action) or BY_ACTION.get(action.rpartition(".")[2], Verb.OTHER)


class Fault(models.TextChoices):
    """What can be wrong with a chain."""

    ALTERED = "altered", pgettext_lazy("log", "Altered, moved, or sealed with another key")
    REMOVED = "removed", pgettext_lazy("log", "Removed")
    GAP = "gap", pgettext_lazy("log", "Seals are missing before this place")
    STRAY = "stray", pgettext_lazy("log", "Slipped in behind the chain")
    BACKDATED = "backdated", pgettext_lazy("log", "Carries a time long before it was written")
    ANCHOR = "anchor", pgettext_lazy("log", "Is not what was noted outside the database")
    TAIL = "tail", pgettext_lazy("log", "Was noted outside the database and is gone")
