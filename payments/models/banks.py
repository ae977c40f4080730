import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.audit.tracking import tracked
from crm.encryption.cipher import masked
from crm.encryption.fields import BlindIndexField, EncryptedTextField
from crm.files.models import StoredFile
from crm.money import ZERO, MoneyField
from crm.people.models import Member
from crm.tenancy.models import TenantForeignKey, TenantModel
from payments.enums import BalanceCode, Bank, ExceptionKind
from payments.models.triggers import facts_never_change, kept_by_allocations


@tracked
class BankAccount(TenantModel):
    """An account of ours, in one currency."""

    name = models.CharField(_("name"), max_length=80)
    bank = models.CharField(_("bank"), max_length=10, choices=Bank, default=Bank.OTHER)
    number = EncryptedTextField(_("account number"), max_length=40)
    number_index = BlindIndexField(source="number")
    holder = models.CharField(_("account holder"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number_index", "currency"], name="bank_account_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        """What is shown on screens: the last four digits."""
        return masked(self.number)


class Statement(TenantModel):
    """One upload of one account's movements, and what it brought."""

    account = TenantForeignKey(BankAccount, models.PROTECT, related_name="statements")
    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+")
    format = models.CharField(max_length=40, blank=True)
    opening_balance = MoneyField(_("opening balance"), null=True)
    closing_balance = MoneyField(_("closing balance"), null=True)
    first_date = models.DateField(_("from"), null=True)
    last_date = models.DateField(_("to"), null=True)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    new_count = models.PositiveIntegerField(_("new lines"), default=0)
    balance_code = models.CharField(
        _("balance"), max_length=10, choices=BalanceCode, default=BalanceCode.UNKNOWN
    )
    balance_difference = MoneyField(null=True)
    # rows of the file at which the path of balances breaks
    balance_rows = models.JSONField(default=list)
    created_by = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        indexes = [models.Index(fields=["organization", "-id"], name="statement_latest_idx")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.first_date}–{self.last_date}"

    @property
    def known_count(self) -> int:
        """Lines that an earlier upload had brought already."""
        return self.line_count - self.new_count


class StatementLine(TenantModel):
    """A movement as the bank reported it: in positive, out negative. A fact, never edited."""

    account = TenantForeignKey(BankAccount, models.PROTECT, related_name="lines")
    statement = TenantForeignKey(Statement, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    booking_date = models.DateField(_("booked"))
    value_date = models.DateField(_("value date"))
    counterparty_name = models.CharField(_("payer"), max_length=200, blank=True)
    counterparty_account = EncryptedTextField(_("payer's account"), max_length=64, blank=True)
    reference = models.CharField(_("reference"), max_length=300, blank=True)
    memo = models.TextField(_("memo"), blank=True)
    bank_id = models.CharField(_("bank's number"), max_length=100, blank=True)
    balance = MoneyField(_("balance"), null=True)
    # keyed, because the payer's account could be guessed from a plain digest
    fingerprint = models.CharField(max_length=64)
    # the sum of its allocations, kept by the database
    matched_amount = MoneyField(_("matched"), default=ZERO, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "fingerprint"], name="bank_line_once"
            ),
            models.CheckConstraint(
                condition=Q(matched_amount=ZERO)
                | Q(matched_amount__gt=ZERO, matched_amount__lte=F("amount")),
                name="line_not_over_allocated",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "booking_date", "id"], name="line_booked_idx"),
            models.Index(
                fields=["organization", "booking_date", "id"],
                name="line_open_idx",
                condition=Q(matched_amount__lt=F("amount")),
            ),
        ]
        triggers = [
            facts_never_change("matched_amount"),
            kept_by_allocations("matched_amount"),
            pgtrigger.Protect(name="lines_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.booking_date} {self.amount} {self.counterparty_name}"


@tracked
class LineDisposition(TenantModel):
    """Why a line is set aside; taking it back ends it, the row stays."""

    line = TenantForeignKey(StatementLine, models.CASCADE, related_name="dispositions")
    kind = models.CharField(_("reason"), max_length=16, choices=ExceptionKind)
    note = models.CharField(_("note"), max_length=300, blank=True)
    member = TenantForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("set aside by")
    )
    at = models.DateTimeField(_("set aside"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = TenantForeignKey(Member, models.PROTECT, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "line"],
                name="line_set_aside_once",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.kind}"
