from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.people.services.roles import sync_builtin_roles
from crm.tenancy.context import tenant_context
from crm.tenancy.models import RESERVED_SLUGS, Organization


class AddressTaken(ValueError):
    """The organisation's address is reserved or in use."""


@transaction.atomic
def create_organization(*, slug: str, name: str, currency: str = "CNY") -> Organization:
    """Found an organisation with the seven built-in roles."""
    if slug in RESERVED_SLUGS or Organization.objects.filter(slug=slug).exists():
        raise AddressTaken(slug)
    organization = Organization(slug=slug, name=name, currency=currency)
    try:
        organization.full_clean()
        with transaction.atomic():
            organization.save()
    except IntegrityError as error:  # somebody was quicker by a moment
        raise AddressTaken(slug) from error
    except ValidationError as error:
        if "slug" in error.error_dict and Organization.objects.filter(slug=slug).exists():
            raise AddressTaken(slug) from error
        raise
    with tenant_context(organization.id, reason="organisation founded"):
        sync_builtin_roles()
    return organization
