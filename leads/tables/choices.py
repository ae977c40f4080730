"""What the filters of this app's lists offer."""

from collections.abc import Iterable

from crm.people import selectors as people
from crm.people.models import Department
from crm.web.tables import Scope
from leads.models import Stage


def member_choices(scope: Scope) -> Iterable[tuple[int, str]]:
    """Active members in reading order."""
    return people.active_members().values_list("pk", "name")


def department_choices(scope: Scope) -> Iterable[tuple[int, str]]:
    """The departments, indented as a tree."""
    return [
        (one.pk, f"{'　' * max(len(one.path) - 1, 0)}{one.name}") for one in people.departments()
    ]


def department_tree(pk: int) -> Iterable[int]:
    """A department and everything below it."""
    return Department.objects.filter(path__contains=[pk]).values_list("pk", flat=True)


def stage_choices() -> Iterable[tuple[int, str]]:
    """The columns of the board in order."""
    return Stage.objects.order_by("position", "id").values_list("pk", "name")
