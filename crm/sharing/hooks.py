"""What apps hear when a share is given, changed or ended. They register in AppConfig.ready:

hooks.on_shared(splits.follow)

Each is called inside the transaction with the noun's key, the ids, the members, and until when
the records are shared with them from now on: None for good, now where it is over. When a day that
was told comes, nothing is told again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from crm.people.models import Department, Member

Listener = Callable[[str, Sequence[int], Sequence[int], datetime | None], object]

_listeners: list[Listener] = []


def on_shared(listener: Listener) -> None:
    """Call `listener` whenever shares of records change."""
    if listener not in _listeners:
        _listeners.append(listener)


def shared_until(
    key: str, ids: Sequence[int], receivers: Iterable[Member | Department], until: datetime | None
) -> None:
    """Tell of it; departments share nothing that counts for one person."""
    members = [one.pk for one in receivers if isinstance(one, Member)]
    for listener in _listeners if members and ids else ():
        listener(key, ids, members, until)
