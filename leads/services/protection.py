"""Protecting a customer for a while: its duplicates in other hands are locked meanwhile."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import jobs
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.tenancy.clock import end_of, organization_today
from leads.models import CollisionSettings, Customer, CustomerProtection, Lead
from leads.selectors.entering import collision_settings
from leads.selectors.protection import active_protections, lock_on
from leads.services.refusals import ProtectedClient
from leads.services.saving import locked


class ProtectionRefused(Refused):
    """Too many, too long, or nobody to protect it for."""


@transaction.atomic
def protect_customer(
    *, customer_id: int, by: Member, reason: str, until: date
) -> CustomerProtection:
    """Protect a customer for its owner to the end of a day; done again it takes the new terms.

    The owner's row is locked, so that two at once cannot both take the last place.
    """
    customer = locked(Customer.objects.all(), customer_id)
    if customer.owner_id is None:
        raise ProtectionRefused(_("A customer without an owner cannot be protected. Assign it."))
    holder = locked(Member.objects.all(), customer.owner_id)
    settings = collision_settings()
    today = organization_today()
    _check_days(until, today, settings)
    _end_lapsed(customer, today)
    known = active_protections().filter(customer=customer).first()
    _check_limit(holder, settings, known)
    protection = known or CustomerProtection(customer=customer, started_by=by)
    protection.holder, protection.reason, protection.until = holder, reason.strip()[:200], until
    protection.save()
    audit.record(
        "customer.protected", target=customer, until=until.isoformat(), why=protection.reason
    )
    jobs.enqueue("leads.end_protections", key=f"end-protections-{until}", run_after=end_of(until))
    return protection


def _check_days(until: date, today: date, settings: CollisionSettings) -> None:
    if until < today:
        raise ProtectionRefused(_("The last day of the protection is over already."))
    if until > today + timedelta(days=settings.protect_days):
        words = ngettext(
            "A customer may be protected for %(count)s day at most.",
            "A customer may be protected for %(count)s days at most.",
            settings.protect_days,
        )
        raise ProtectionRefused(words % {"count": settings.protect_days})


def _check_limit(
    holder: Member, settings: CollisionSettings, known: CustomerProtection | None
) -> None:
    held = active_protections().filter(holder=holder)
    others = held.exclude(pk=known.pk) if known else held
    if others.count() >= settings.protect_limit:
        words = ngettext(
            "%(name)s protects %(count)s customer already, as many as one rep may. "
            "Release it first.",
            "%(name)s protects %(count)s customers already, as many as one rep may. "
            "Release another one first.",
            settings.protect_limit,
        )
        raise ProtectionRefused(words % {"name": holder.name, "count": settings.protect_limit})


def _end_lapsed(customer: Customer, today: date) -> None:
    """A protection whose day is over, and that the sweep has not met yet, makes room."""
    rows = CustomerProtection.objects.filter(customer=customer, ended_at__isnull=True)
    rows.filter(until__lt=today).update(ended_at=timezone.now())


@transaction.atomic
def unprotect_customer(*, customer_id: int, by: Member) -> bool:
    """Release a customer; False when it was not protected."""
    customer = locked(Customer.objects.all(), customer_id)
    known = active_protections().filter(customer=customer).first()
    if known is None:
        return False
    known.ended_at, known.ended_by = timezone.now(), by
    known.save(update_fields=["ended_at", "ended_by"])
    audit.record("customer.unprotected", target=customer)
    return True


@transaction.atomic
def end_protections() -> int:
    """Days are over: end the protections that lasted until then; returns how many."""
    over = CustomerProtection.objects.filter(
        ended_at__isnull=True, until__lt=organization_today()
    ).select_related("customer")
    ended = list(over.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for one in ended:
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
        audit.record("customer.protection_ended", target=one.customer)
    return len(ended)


def is_locked(record: Lead | Customer, by: Member | None) -> str | None:
    """Why this record may not be worked on now; None when it may. The system is never stopped."""
    lock = lock_on(record) if by is not None else None
    return lock.reason if lock else None


def check_lock(record: Lead | Customer, by: Member | None) -> None:
    """Refuse to work on the duplicate of somebody else's protected customer."""
    lock = lock_on(record) if by is not None else None
    if lock is not None:
        raise ProtectedClient(lock.reason, case_id=lock.case_id)
