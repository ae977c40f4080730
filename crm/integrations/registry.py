"""Which parts of the product the API opens; each app says so in its `integrations.py`.

    register(Area("leads", _("Leads"), "leads.api.leads", order=10, permissions=(…)))

The module named holds `router`, a ninja router. It is imported with the first request that comes
with a token: whoever never uses the API does not pay for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.access.registry import is_declared

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Area:
    """A part of the API: its addresses begin with `key`; `permissions` are those it asks for."""

    key: str
    label: "_StrPromise | str"
    module: str
    permissions: tuple[str, ...]
    order: int = 100


_areas: dict[str, Area] = {}


def register(area: Area) -> None:
    """Open a part of the product to other programs."""
    if area.key in _areas:
        raise ValueError(f"API area {area.key} is registered twice")
    if unknown := [one for one in area.permissions if not is_declared(one)]:
        raise LookupError(f"API area {area.key}: no app declares {unknown}")
    _areas[area.key] = area


def areas() -> list[Area]:
    """Every part, in the order of the documentation."""
    return sorted(_areas.values(), key=lambda area: (area.order, area.key))


def api_permissions() -> Iterator[str]:
    """Every permission that a request may need, once, in the order of the parts."""
    yield from dict.fromkeys(one for area in areas() for one in area.permissions)
