from django.db import models
from django.utils.translation import pgettext_lazy


class StepKind(models.TextChoices):
    """How the people who decide a step are found."""

    SUPERIOR = "superior", pgettext_lazy("approval step", "Superior")
    ROLE = "role", pgettext_lazy("approval step", "Role")
    MEMBER = "member", pgettext_lazy("approval step", "Member")


class RunState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("approval", "In approval")
    BLOCKED = "blocked", pgettext_lazy("approval", "Nobody to ask")
    APPROVED = "approved", pgettext_lazy("approval", "Approved")
    SENT_BACK = "sent_back", pgettext_lazy("approval", "Sent back")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "Withdrawn")
    VOIDED = "voided", pgettext_lazy("approval", "Void: changed meanwhile")


OPEN_STATES = (RunState.RUNNING, RunState.BLOCKED)


class StepState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("approval step", "Not yet asked")
    CURRENT = "current", pgettext_lazy("approval step", "Deciding")
    APPROVED = "approved", pgettext_lazy("approval step", "Approved")
    SENT_BACK = "sent_back", pgettext_lazy("approval step", "Sent back")
    ENDED = "ended", pgettext_lazy("approval step", "Not needed")


class Verdict(models.TextChoices):
    APPROVE = "approve", pgettext_lazy("verdict", "Approved")
    SEND_BACK = "send_back", pgettext_lazy("verdict", "Sent back")
