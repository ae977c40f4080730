from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.access.grants import DepartmentGrant, Grant
from crm.audit.tracking import tracked
from crm.tenancy.models import TenantForeignKey
from orders.enums import QuoteStatus
from orders.models.bases import DocumentLine, KeptContent, PricedDocument, today
from orders.models.products import Product

VALID_DAYS = 30


def valid_for_now() -> date:
    """The last day on which a quote of today holds, unless somebody says otherwise."""
    return today() + timedelta(days=VALID_DAYS)


@tracked
class Quote(PricedDocument):
    """What we offer a customer, until when, and what became of the offer."""

    status = FSMField(
        _("status"), max_length=12, choices=QuoteStatus, default=QuoteStatus.DRAFT, protected=True
    )
    quote_date = models.DateField(_("quote date"), default=today)
    valid_until = models.DateField(_("valid until"), default=valid_for_now)
    # a revision has a number of its own and says what it replaces
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    former = TenantForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="revisions",
        verbose_name=_("revision of"),
    )  # fmt: skip
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_reason = models.CharField(_("why closed"), max_length=200, blank=True)

    class Meta(PricedDocument.Meta):
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = [
            *PricedDocument.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("quote_date")), name="quote_valid_from_its_day_on"
            ),
            models.UniqueConstraint(
                fields=["organization", "former"],
                condition=Q(former__isnull=False),
                name="quote_revised_once",
            ),
        ]
        indexes = [
            *PricedDocument.Meta.indexes,
            models.Index(fields=["organization", "quote_date", "id"], name="quote_date_idx"),
            models.Index(fields=["organization", "valid_until", "id"], name="quote_valid_idx"),
        ]

    @staticmethod
    def access_grants() -> tuple[type["QuoteGrant"], type["QuoteDepartmentGrant"]]:
        """Where quotes shared one by one are recorded: with people, with departments."""
        return QuoteGrant, QuoteDepartmentGrant

    @property
    def is_editable(self) -> bool:
        """What the customer has in hand does not change: it is revised."""
        return str(self.status) == QuoteStatus.DRAFT

    def is_over(self, day: date) -> bool:
        """Whether the offer has ended by this day."""
        return self.valid_until < day

    def new_line(self, product: Product) -> "QuoteLine":
        """A line of this quote, not saved yet."""
        return QuoteLine(quote=self, product=product)

    @transition(status, source=QuoteStatus.DRAFT, target=QuoteStatus.SENT)
    def send(self) -> None:
        """The customer has it."""
        self.sent_at = timezone.now()

    @transition(status, source=QuoteStatus.SENT, target=QuoteStatus.ACCEPTED)
    def accept(self) -> None:
        """The customer agreed."""
        self.closed_at = timezone.now()

    @transition(
        status,
        source=[
            QuoteStatus.SENT,
            QuoteStatus.EXPIRED,
            QuoteStatus.ACCEPTED,
            QuoteStatus.ORDERED,
        ],
        target=QuoteStatus.DECLINED,
    )
    def decline(self) -> None:
        """The customer said no, perhaps after a yes."""
        self.closed_at = timezone.now()

    @transition(status, source=[QuoteStatus.DRAFT, QuoteStatus.SENT], target=QuoteStatus.WITHDRAWN)
    def withdraw(self) -> None:
        """We do not offer it any more."""
        self.closed_at = timezone.now()

    @transition(status, source=QuoteStatus.SENT, target=QuoteStatus.EXPIRED)
    def expire(self) -> None:
        """Nobody answered in time."""
        self.closed_at = timezone.now()

    @transition(
        status,
        source=[
            QuoteStatus.SENT,
            QuoteStatus.EXPIRED,
            QuoteStatus.DECLINED,
            QuoteStatus.WITHDRAWN,
        ],
        target=QuoteStatus.REVISED,
    )
    def revise(self) -> None:
        """Another offer takes its place."""
        self.closed_at = timezone.now()

    @transition(status, source=QuoteStatus.ACCEPTED, target=QuoteStatus.ORDERED)
    def order(self) -> None:
        """It became an order."""


class QuoteGrant(Grant):
    """One quote shared with one person."""

    content_object = TenantForeignKey(Quote, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"],
                name="quote_grant_once",
            )
        ]


class QuoteDepartmentGrant(DepartmentGrant):
    """One quote shared with a department and those below it."""

    content_object = TenantForeignKey(Quote, models.CASCADE, related_name="department_grants")

    class Meta(DepartmentGrant.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "action", "content_object"],
                name="quote_department_grant_once",
            )
        ]


@tracked
class QuoteLine(DocumentLine):
    """One product on a quote."""

    quote = TenantForeignKey(Quote, models.CASCADE, related_name="lines")

    access_via: ClassVar[str] = "quote__"

    class Meta(DocumentLine.Meta):
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        constraints = DocumentLine.constraints("quote_line")
        indexes = [
            models.Index(fields=["organization", "quote", "position"], name="quote_line_quote_idx")
        ]

    def __str__(self) -> str:
        return f"{self.quote_id}/{self.position}"


class SentQuote(KeptContent):
    """A quote as the customer got it."""

    quote = TenantForeignKey(Quote, models.CASCADE, related_name="sent")

    class Meta(KeptContent.Meta):
        verbose_name = _("sent quote")
        verbose_name_plural = _("sent quotes")
        constraints = [
            models.UniqueConstraint(fields=["organization", "quote"], name="quote_sent_once")
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.at}"
