"""Addresses, inside and outside a tenant's prefix."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from crm.tenancy.models import Organization


@contextmanager
def mounted_at(prefix: str) -> Iterator[None]:
    """Reverse addresses as if the product were mounted at `prefix`."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)


def tenant_url(organization: Organization, name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a tenant's page, from anywhere (a task, a mail, another tenant)."""
    with mounted_at(f"/{organization.slug}/"):
        return reverse(name, urlconf=settings.TENANT_URLCONF, args=args, kwargs=kwargs)


def global_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a page outside all tenants (sign-in, account), also from inside one."""
    with mounted_at("/"):
        return reverse(name, urlconf=settings.ROOT_URLCONF, args=args, kwargs=kwargs)
