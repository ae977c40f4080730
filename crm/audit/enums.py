from django.db import models
from django.utils.translation import pgettext_lazy as _c


class Verb(models.TextChoices):
    """What kind of act a line of the operation log tells."""

    VIEW = "view", _c("log", "Seen")
    CREATE = "create", _c("log", "Created")
    CHANGE = "change", _c("log", "Changed")
    REMOVE = "remove", _c("log", "Removed")
    EXPORT = "export", _c("log", "Exported")
    SHARE = "share", _c("log", "Shared")
    SIGN_IN = "sign_in", _c("log", "Sign-in")
    ACT_AS = "act_as", _c("log", "Seen as another")
    OTHER = "other", _c("log", "Business")


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
    "exported": Verb.EXPORT,
    "downloaded": Verb.EXPORT,
    "seen_as": Verb.ACT_AS,
    "seen_as_ended": Verb.ACT_AS,
}


def verb_of(action: str) -> Verb:
    """The kind of an action such as "list.exported", by its last word."""
    return BY_ACTION.get(action.rpartition(".")[2], Verb.OTHER)


class Fault(models.TextChoices):
    """What can be wrong with a chain."""

    ALTERED = "altered", _c("log", "Altered, moved, or sealed with another key")
    REMOVED = "removed", _c("log", "Removed")
    GAP = "gap", _c("log", "Seals are missing before this place")
    STRAY = "stray", _c("log", "Slipped in behind the chain")
    BACKDATED = "backdated", _c("log", "Carries a time long before it was written")
    ANCHOR = "anchor", _c("log", "Is not what was noted outside the database")
    TAIL = "tail", _c("log", "Was noted outside the database and is gone")
