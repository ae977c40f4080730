from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InstalmentKind(models.TextChoices):
    """What an instalment is paid for, in the words of contracts."""

    DEPOSIT = "deposit", pgettext_lazy("instalment", "Deposit")
    PROGRESS = "progress", pgettext_lazy("instalment", "Progress payment")
    DELIVERY = "delivery", pgettext_lazy("instalment", "On delivery")
    ACCEPTANCE = "acceptance", pgettext_lazy("instalment", "On acceptance")
    BALANCE = "balance", pgettext_lazy("instalment", "Balance")
    RETENTION = "retention", pgettext_lazy("instalment", "Retention")
    FULL = "full", pgettext_lazy("instalment", "Full payment")


class InstalmentStatus(models.TextChoices):
    """Derived from allocations and the organisation's calendar; stored nowhere."""

    OVERDUE = "overdue", pgettext_lazy("instalment", "Overdue")
    PART_PAID = "part_paid", pgettext_lazy("instalment", "Part-paid")
    DUE = "due", pgettext_lazy("instalment", "Due")
    UPCOMING = "upcoming", pgettext_lazy("instalment", "Upcoming")
    PAID = "paid", pgettext_lazy("instalment", "Paid")


class Bank(models.TextChoices):
    ICBC = "icbc", _("ICBC")
    CMB = "cmb", _("China Merchants Bank")
    OTHER = "other", pgettext_lazy("bank", "Other bank")


class BalanceCode(models.TextChoices):
    """Whether opening balance + lines = closing balance."""

    BALANCED = "balanced", pgettext_lazy("statement", "Balanced")
    MISMATCH = "mismatch", pgettext_lazy("statement", "Does not add up")
    UNKNOWN = "unknown", pgettext_lazy("statement", "No balances to check")


class LineState(models.TextChoices):
    """Derived from a line's amount, what is matched, and whether it was set aside."""

    OPEN = "open", pgettext_lazy("bank line", "To match")
    ASIDE = "aside", pgettext_lazy("bank line", "Exceptions")
    POSTED = "posted", pgettext_lazy("bank line", "Posted")
    OUTGOING = "outgoing", pgettext_lazy("bank line", "Outgoing")


class ExceptionKind(models.TextChoices):
    """Why a line cannot be posted as it stands: the engine's types and a person's."""

    UNKNOWN_PAYER = "unknown_payer", _("Unknown payer")
    AMBIGUOUS = "ambiguous", _("Several candidates")
    SHORT = "short", _("Paid too little")
    OVER = "over", _("Paid too much")
    DUPLICATE = "duplicate", _("Paid twice")
    REFUND = "refund", pgettext_lazy("bank line", "Refund")
    NOT_RECEIVABLE = "not_receivable", _("Not a receivable")
    OUTGOING = "outgoing", pgettext_lazy("bank line", "Outgoing")
    UNKNOWN = "unknown", pgettext_lazy("bank line", "Other reason")


class Band(models.TextChoices):
    """How sure the engine is: safe to post, for a person to look at, or nothing to propose."""

    POST = "post", pgettext_lazy("match", "Sure")
    PROPOSE = "propose", pgettext_lazy("match", "To check")
    EXCEPTION = "exception", pgettext_lazy("match", "No match")


class AllocationSource(models.TextChoices):
    """Who said so: the proposal confirmed one by one, in bulk, or a person's own choice."""

    PROPOSAL = "proposal", _("Proposal confirmed")
    BULK = "bulk", _("Confirmed in bulk")
    MANUAL = "manual", _("Matched by hand")
    REVERSAL = "reversal", _("Undone")
