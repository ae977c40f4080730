"""Work of the platform itself, by the clock and outside all tenants.

`@chore("organizations.measure", every=timedelta(hours=1))` registers a function of an app's
`chores.py`. The scheduler asks every half minute; whoever is due runs in a worker, once per period
over all workers. It may be cut off anywhere and must go on from there the next time.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.core.cache import cache

logger = logging.getLogger("tongzhou.jobs")
F = TypeVar("F", bound=Callable[[], object])
LAST_RAN = "chores:last-ran"


@dataclass(frozen=True)
class Chore:
    """A registered function and how often it is due."""

    name: str
    function: Callable[[], object]
    every: timedelta


_chores: dict[str, Chore] = {}


def chore(name: str, *, every: timedelta) -> Callable[[F], F]:
    """Register a function without arguments under `name`."""

    def register(function: F) -> F:
        if name in _chores:
            raise ValueError(f"Chore {name} is registered twice")
        _chores[name] = Chore(name, function, every)
        return function

    return register


def chores() -> list[Chore]:
    """Every registered chore."""
    return list(_chores.values())


def run_due() -> list[str]:
    """Run what is due; one that fails is logged and does not keep the others from running."""
    cache.set(LAST_RAN, time.time(), None)
    ran = []
    for one in _chores.values():
        if not cache.add(f"chore:{one.name}", True, int(one.every.total_seconds())):
            continue
        try:
            one.function()
        except Exception:
            logger.exception("Chore %s failed", one.name)
        ran.append(one.name)
    return ran


def last_ran() -> float | None:
    """When a worker last asked what is due; None when none has."""
    found: float | None = cache.get(LAST_RAN)
    return found
