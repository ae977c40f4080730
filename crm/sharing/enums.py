from datetime import timedelta

from django.db import models
from django.utils.translation import pgettext_lazy


class TransferState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("transfer", "In approval")
    SCHEDULED = "scheduled", pgettext_lazy("transfer", "Scheduled")
    DONE = "done", pgettext_lazy("transfer", "Done")
    REFUSED = "refused", pgettext_lazy("transfer", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Withdrawn")
    UNDONE = "undone", pgettext_lazy("transfer", "Undone")
    FAILED = "failed", pgettext_lazy("transfer", "Nothing moved")


# As long can a hand-over or a transfer be undone.
UNDO_WITHIN = timedelta(days=7)
OPEN_TRANSFERS = (TransferState.WAITING, TransferState.SCHEDULED)


class HandOverState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("hand-over", "Being prepared")
    DONE = "done", pgettext_lazy("hand-over", "Handed over")
    UNDONE = "undone", pgettext_lazy("hand-over", "Undone")


class Outcome(models.TextChoices):
    """What became of one row of a transfer or hand-over."""

    WAITING = "waiting", pgettext_lazy("movement", "Not yet")
    MOVED = "moved", pgettext_lazy("movement", "Moved")
    SKIPPED = "skipped", pgettext_lazy("movement", "Stayed")
    RESTORED = "restored", pgettext_lazy("movement", "Given back")
    MOVED_ON = "moved_on", pgettext_lazy("movement", "Moved on since")
