from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Task:
    """A registered function. Non-atomic ones open their own transactions, one per chunk."""

    name: str
    function: Callable[..., Any]
    is_atomic: bool
    most_attempts: int


_tasks: dict[str, Task] = {}


def task(name: str, *, atomic: bool = True, most_attempts: int = 5) -> Callable[[F], F]:
    """Register a function under `name`; it runs inside the tenant, at least once.

    With `atomic=False` the function opens `tenant_context` itself, so that long work commits in
    chunks and can be resumed; it then takes `organization_id` as its first argument.
    """

    def register(function: F) -> F:
        if name in _tasks:
            raise ValueError(f"Task {name} is registered twice")
        _tasks[name] = Task(name, function, atomic, most_attempts)
        return function

    return register


def task_named(name: str) -> Task:
    """The registered task; KeyError for an unknown name."""
    return _tasks[name]


def tasks() -> list[Task]:
    """Every registered task."""
    return list(_tasks.values())
