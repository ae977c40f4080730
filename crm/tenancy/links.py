"""Addresses, inside and outside a tenant's prefix."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.urls import (
    get_script_prefix,
    get_urlconf,
    reverse,
    set_script_prefix,
    set_urlconf,
)

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


@contextmanager
def inside(organization: Organization) -> Iterator[None]:
    """Reverse the tenant's addresses as its own pages do: for tasks, which no request mounts."""
    before = get_urlconf()
    set_urlconf(settings.TENANT_URLCONF)
    try:
        with mounted_at(f"/{organization.slug}/"):
            yield
    finally:
        set_urlconf(before)


def tenant_url(organization: Organization, name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a tenant's page, from anywhere (a task, a mail, another tenant)."""
    with inside(organization):
        return reverse(name, args=args, kwargs=kwargs)


def global_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a page outside all tenants (sign-in, account), also from inside one."""
    with mounted_at("/"):
        return reverse(name, urlconf=settings.ROOT_URLCONF, args=args, kwargs=kwargs)


def public(path: str) -> str:
    """The whole address of a path, for those who are told of it elsewhere."""
    return f"{settings.PUBLIC_URL}{path}"
