from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", pgettext_lazy("task", "Done")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


class NotificationKind(models.TextChoices):
    """What happened, as the reader's reason to care; the value is the live event too."""

    LEAD_ASSIGNED = "lead-assigned", pgettext_lazy("notification", "New lead")
    LEAD_COLLISION = "lead-collision", _("Possible collision")
    CASE_TO_DECIDE = "case-to-decide", _("Collision to decide")
    CASE_DUE = "case-due", _("Collision due soon")
    # of before the outcome was told
    CASE_DECIDED = "case-decided", _("Collision decided")
    CASE_KEPT = "case-kept", _("Collision decided: stays")
    CASE_REASSIGNED = "case-reassigned", _("Collision decided: reassigned")
    CASE_SHARED = "case-shared", _("Collision decided: shared")
    CASE_SEPARATE = "case-separate", _("Collision decided: kept separate, one owner")
    CASE_NOT_SAME = "case-not-same", _("Collision decided: not the same client")
    CASE_MERGED = "case-merged", _("Collision decided: merged")
    CASE_APPEALED = "case-appealed", _("Decision appealed")
    CASE_CLOSED = "case-closed", _("Collision closed")
    CASE_WITHDRAWN = "case-withdrawn", _("Collision withdrawn")
    CASE_GAVE_WAY = "case-gave-way", _("A rep gave way")
    APPEAL_WITHDRAWN = "appeal-withdrawn", _("Appeal withdrawn")
    CASE_PARTS = "case-parts", _("Parts of a shared client set")
    CASE_COMMENTED = "case-commented", _("Remark on a collision")
    SHARE_REQUESTED = "share-requested", _("Share requested")
    SHARE_DECLINED = "share-declined", _("Share declined")
    RECORD_SHARED = "record-shared", _("Shared with you")
    SHARE_ENDED = "share-ended", _("No longer shared with you")
    RECORD_TRANSFERRED = "record-transferred", _("Now yours")
    RECORD_GIVEN = "record-given", _("Given to a colleague")
    RECORD_MERGED = "record-merged", _("Merged into one record")
    MERGE_UNDONE = "merge-undone", _("Merge undone")
    TRANSFER_FAILED = "transfer-failed", _("A transfer could not be carried out")
    APPROVAL_WAITING = "approval-waiting", _("Waiting for your approval")
    APPROVAL_DECIDED = "approval-decided", _("Approval decided")
    APPROVAL_BLOCKED = "approval-blocked", _("Approval has nobody to decide")
    QUOTE_EXPIRED = "quote-expired", _("Quote expired")
    PAYMENT_RECEIVED = "payment-received", _("Payment received")
    IMPORT_FINISHED = "import-finished", _("Import finished")
    TASK_ASSIGNED = "task-assigned", pgettext_lazy("notification", "New task")
    MENTIONED = "mentioned", _("You were mentioned")
