"""Who wants the daily digest, and the link in it that ends it: nobody signs in to be left alone."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.tenancy.links import global_url, public
from crm.tenancy.models import Organization
from leads.models import RiskDigestWish

_signer = Signer(salt="risk-digest")


def without_digest() -> QuerySet[Any]:
    """The members who asked to be left in peace."""
    return RiskDigestWish.objects.filter(is_wanted=False).values("member_id")


def wants_digest(member: Member) -> bool:
    return not RiskDigestWish.objects.filter(member=member, is_wanted=False).exists()


def set_digest(member: Member, *, is_wanted: bool) -> None:
    """Switch the member's own digest on or off; the page and its number stay."""
    RiskDigestWish.objects.update_or_create(member=member, defaults={"is_wanted": is_wanted})


def stop_url(member: Member) -> str:
    """The whole address under which this member's digest ends; it does not run out."""
    token = _signer.sign_object([member.organization_id, member.pk])
    return public(global_url("stop_digest", token))


def stop(token: str) -> Organization | None:
    """End the digest that a link belongs to; None for a link that nobody was sent."""
    found = whose(token)
    if found is None:
        return None
    organization, member_id = found
    with tenant_context(organization.pk, reason="risk digest stopped by its link"):
        member = Member.objects.filter(pk=member_id).first()
        if member is not None:
            set_digest(member, is_wanted=False)
    return organization


def whose(token: str) -> tuple[Organization, int] | None:
    """The organisation and the member of a link; None for a link that nobody was sent."""
    try:
        organization_id, member_id = _signer.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    organization = Organization.objects.filter(pk=organization_id).first()
    return (organization, member_id) if organization is not None else None
