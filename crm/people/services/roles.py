from crm.access.registry import builtin_grants
from crm.people.enums import RoleCode
from crm.people.models import Role


def sync_builtin_roles() -> None:
    """Bring the current organisation's built-in roles in line with the declared permissions."""
    for code in RoleCode:
        Role.objects.update_or_create(
            code=code.value,
            defaults={
                "name": str(code.label),
                "grants": builtin_grants(code.value),
                "is_builtin": True,
            },
        )
