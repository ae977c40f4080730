"""Which customers are protected, and which records are locked because of it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.access import policy
from crm.people.models import Member
from crm.tenancy.clock import organization_today
from crm.web.formats import Formats
from leads.enums import CardFact, RecordKind
from leads.models import CollisionRecord, Customer, CustomerProtection, Lead
from leads.selectors.candidates import identity_of
from leads.selectors.cases import OVER
from leads.selectors.entering import collision_settings
from leads.selectors.identity import find_similar


@dataclass(frozen=True)
class Lock:
    """Why a record may not be worked on, and the open case that settles it, if there is one."""

    reason: str
    case_id: int | None = None


def active_protections() -> QuerySet[CustomerProtection]:
    """Protections that hold today."""
    today = organization_today()
    rows: QuerySet[CustomerProtection] = CustomerProtection.objects.filter(
        ended_at__isnull=True, until__gte=today
    )
    return rows


def protection_of(customer: Customer) -> CustomerProtection | None:
    """The customer's protection that holds today, if it has one."""
    return active_protections().filter(customer=customer).select_related("holder").first()


def lock_on(record: Lead | Customer) -> Lock | None:
    """The protected customer of somebody else that this record is a duplicate of.

    Free for organisations that protect nobody: one question, answered by an index.
    """
    own = record.pk if isinstance(record, Customer) else getattr(record, "customer_id", None)
    others = active_protections().exclude(customer_id=own or 0)
    if not others.exists():
        return None
    kind = RecordKind.CUSTOMER if isinstance(record, Customer) else RecordKind.LEAD
    excluding = [(kind.value, record.pk)]
    if own and kind == RecordKind.LEAD:
        excluding.append((RecordKind.CUSTOMER.value, own))
    matches = find_similar(identity_of(record), excluding=excluding)
    ids = [
        match.record_id
        for match in matches
        if match.kind == RecordKind.CUSTOMER
        and match.verdict == "same"
        and match.owner_id != record.owner_id
    ]
    if not ids:
        return None
    rows = others.filter(customer_id__in=ids).select_related("customer__owner")
    protection = rows.order_by("started_at", "pk").first()
    if protection is None:
        return None
    return Lock(_words(protection), _case_between(record, kind, protection))


def lock_for(member: Member, record: Lead | Customer) -> Lock | None:
    """The lock as a record's page tells it: the case only to who may open cases."""
    lock = lock_on(record)
    if lock is None or policy.allowed(member, "leads.view_case"):
        return lock
    return Lock(lock.reason)


def _words(protection: CustomerProtection) -> str:
    """Who works on it instead and how long; the owner is named only where cards may name them."""
    owner = protection.customer.owner
    values = {"until": Formats.current().day(protection.until)}
    if owner is not None and CardFact.OWNER in collision_settings().card_shows:
        return _(
            "This client is protected for %(owner)s until %(until)s. Its duplicates are locked."
        ) % {**values, "owner": owner.name}
    return _("This client is protected until %(until)s. Its duplicates are locked.") % values


def _case_between(
    record: Lead | Customer, kind: RecordKind, protection: CustomerProtection
) -> int | None:
    """The case in which both stand and that is not over."""
    both = CollisionRecord.objects.exclude(case__state__in=OVER)
    mine = both.filter(record_kind=kind, record_id=record.pk).values("case")
    theirs = both.filter(
        record_kind=RecordKind.CUSTOMER, record_id=protection.customer_id, case__in=mine
    )
    found: int | None = theirs.order_by("-case").values_list("case", flat=True).first()
    return found
