"""The first steps of a new organisation; apps register theirs in `first_steps.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.organizations.reachable import address_for
from crm.people.models import Member

Label = str | Promise


@dataclass(frozen=True)
class Step:
    """One thing to set up: where, and whether it is done."""

    key: str
    label: Label
    hint: Label
    icon: str
    url: str
    is_done: Callable[[], bool]
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class Shown:
    """A step as its page shows it."""

    step: Step
    url: str
    is_done: bool


_steps: dict[str, Step] = {}


def register(*steps: Step) -> None:
    """Add steps; a second one with the same key is a mistake."""
    for step in steps:
        if step.key in _steps:
            raise ValueError(f"first step {step.key} is registered twice")
        _steps[step.key] = step


def steps_for(member: Member) -> list[Shown]:
    """The steps the member may take, in order."""
    found = []
    for step in sorted(_steps.values(), key=lambda one: (one.order, one.key)):
        if address := address_for(member, step.url):
            found.append(Shown(step, address, step.is_done()))
    return found
