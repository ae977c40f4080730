from crm.access.registry import builtin_grants, permissions
from crm.people.enums import RoleCode
from crm.people.models import Role
from crm.people.models.holding import stored_grants
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization


def sync_builtin_roles() -> None:
    """Give the current organisation's built-in roles the permissions declared since the last time.

    What an administrator changed stays: a permission is offered to a role only once.
    """
    declared = {permission.name for permission in permissions()}
    for code in RoleCode:
        role, _created = Role.objects.get_or_create(
            code=code.value, defaults={"name": str(code.label), "is_builtin": True}
        )
        fresh = declared - set(role.offered)
        if not fresh:
            continue
        given = builtin_grants(code.value)
        added = {name: given[name] for name in sorted(fresh) if name in given}
        role.grants = {**stored_grants(role.grants), **added}
        role.offered = sorted(declared)
        role.save(update_fields=["grants", "offered"])


def sync_all_organizations() -> None:
    """The same for every organisation, after an upgrade."""
    for organization_id in Organization.objects.values_list("id", flat=True).order_by("id"):
        with tenant_context(organization_id, reason="permissions declared since"):
            sync_builtin_roles()
