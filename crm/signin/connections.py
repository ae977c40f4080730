"""Connecting an organisation's identity providers: saved, tested, removed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from crm import jobs
from crm.audit import services as audit
from crm.signin.enums import CheckState
from crm.signin.models import SignInPolicy, SsoConnection
from crm.signin.sso.providers import provider_of
from crm.signin.sso.terms import SignInFailed, facts_of
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization


class StillNeeded(ValueError):
    """Members may come in only through a provider, and this is the last one."""


@transaction.atomic
def save_connection(connection: SsoConnection, *, changed: list[str]) -> SsoConnection:
    """Keep a connection's settings and have them tested."""
    is_new = connection.pk is None
    keep_a_way_in(connection, is_removed=not connection.is_active)
    connection.save()
    action = "signin.provider_connected" if is_new else "signin.provider_changed"
    audit.record(action, target=connection, name=connection.name, fields=changed)
    ask_check(connection)
    return connection


@transaction.atomic
def remove_connection(connection: SsoConnection) -> None:
    """Forget a provider and whom it knew."""
    keep_a_way_in(connection, is_removed=True)
    audit.record("signin.provider_removed", target=connection, name=connection.name)
    connection.delete()


def keep_a_way_in(connection: SsoConnection, *, is_removed: bool) -> None:
    """Refuse to close the only way in."""
    others = SsoConnection.objects.filter(is_active=True).exclude(pk=connection.pk)
    enforced = SignInPolicy.objects.filter(sso_only=True)
    if is_removed and enforced.exists() and not others.exists():
        raise StillNeeded


@transaction.atomic
def ask_check(connection: SsoConnection) -> None:
    """Test the settings in the background: no provider is asked inside a transaction."""
    connection.check_state, connection.check_problem = CheckState.ASKED, ""
    connection.save(update_fields=["check_state", "check_problem"])
    jobs.enqueue("signin.check_connection", connection_id=connection.pk)


def check_connection(organization_id: int, *, connection_id: int) -> str:
    """Ask the provider and write down the answer; "" when all is well, else the reason."""
    with tenant_context(organization_id):
        connection = SsoConnection.objects.filter(pk=connection_id).first()
        slug = Organization.objects.values_list("slug", flat=True).get(pk=organization_id)
    if connection is None:
        return ""
    reason = ""
    with tenant_context(organization_id):
        facts = facts_of(connection, slug)
    try:
        provider_of(facts).check()
    except SignInFailed as failure:
        reason = failure.reason
    found: dict[str, Any] = {
        "check_state": CheckState.FAILED if reason else CheckState.GOOD,
        "check_problem": reason,
        "checked_at": timezone.now(),
    }
    with tenant_context(organization_id):
        SsoConnection.objects.filter(pk=connection_id).update(**found)
    return reason
