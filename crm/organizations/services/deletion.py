"""Deletion: asked for by an administrator, kept for a while, cancelled or carried out."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.audit import services as audit
from crm.organizations.models import Deletion
from crm.organizations.services.addresses import slug_hash
from crm.organizations.services.lifecycle import locked
from crm.people.models import Member, User
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.web import live

GRACES = (7, 30)


class TooLate(ValueError):
    """Erasing has begun, or the time for second thoughts is over."""


class AlreadyRequested(ValueError):
    """The deletion was asked for before."""


@transaction.atomic
def request_deletion(
    organization_id: int, *, by: str, days: int, reason: str = "", member_id: int | None = None
) -> Deletion:
    """Close the organisation now and have it erased after the grace; raises AlreadyRequested."""
    if days not in GRACES:
        raise ValueError(f"grace of {days} days")
    organization = locked(organization_id)
    if organization.delete_after is not None:
        raise AlreadyRequested
    organization.delete_after = timezone.now() + timedelta(days=days)
    organization.save(update_fields=["delete_after"])
    asked = Deletion.objects.create(
        number=organization.pk,
        slug_hash=slug_hash(organization.slug),
        requested_by=by[:160],
        reason=reason,
        due_at=organization.delete_after,
    )
    with tenant_context(organization_id, member_id=member_id, reason=reason):
        details = {"reason": reason} if reason else {}
        audit.record("organization.deletion_requested", target=organization, days=days, **details)
        live.end_streams()
    return asked


@transaction.atomic
def cancel(organization_id: int, *, by: str, member_id: int | None = None) -> Organization:
    """Keep the organisation, as long as nothing of it was erased; raises TooLate."""
    organization = locked(organization_id)
    asked = (
        Deletion.objects.select_for_update(of=("self",), no_key=True)
        .filter(number=organization_id, cancelled_at=None, finished_at=None)
        .first()
    )
    if asked is None or organization.delete_after is None:
        raise TooLate
    if asked.started_at is not None or organization.delete_after <= timezone.now():
        raise TooLate
    organization.delete_after = None
    organization.save(update_fields=["delete_after"])
    asked.cancelled_at, asked.cancelled_by = timezone.now(), by[:160]
    asked.save(update_fields=["cancelled_at", "cancelled_by"])
    with tenant_context(organization_id, member_id=member_id):
        audit.record("organization.deletion_cancelled", target=organization)
    return organization


def masked(email: str) -> str:
    """z***@example.com: who it was, for those who know them."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def data_folder(organization_id: int) -> str:
    """Where the files of one organisation are."""
    return f"{settings.DATA_DIR}/files/{organization_id}"


def requester(user: User, member: Member) -> str:
    """Who asked, as the certificate keeps it: a name and a masked address."""
    return f"{member.name} <{masked(user.email)}>"
