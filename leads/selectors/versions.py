from typing import Any


def as_it_was(record: Any, version: int | None) -> Any | None:
    """The record's last state in that version, from its history; None when it is not there."""
    if version is None:
        return None
    return record.history.filter(version=version).order_by("-pgh_id").first()
