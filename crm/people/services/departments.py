from django.db import transaction

from crm.people.models import Department


@transaction.atomic
def create_department(
    *, name: str, parent: Department | None = None, provinces: list[str] | None = None
) -> Department:
    """Add a department below `parent`, or a root."""
    department = Department.objects.create(name=name, parent=parent, provinces=provinces or [])
    department.path = [*(parent.path if parent else []), department.id]
    department.save(update_fields=["path"])
    return department
