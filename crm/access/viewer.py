"""Who is looking: the member a page is made for, in whose name forms and histories are trimmed.

Set by the tenant's middleware for a request; None in jobs and commands, which see everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.people.models import Member

_viewer: ContextVar["Member | None"] = ContextVar("viewer", default=None)


def current_viewer() -> "Member | None":
    """The member in whose name a page is made, None for the system itself."""
    return _viewer.get()


@contextmanager
def viewing_as(member: "Member | None") -> Iterator[None]:
    """Make what is written inside the block fit for this member's eyes."""
    token = _viewer.set(member)
    try:
        yield
    finally:
        _viewer.reset(token)
