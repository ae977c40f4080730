"""What a list offers beside its rows: bulk actions, ready-made views, chips, filter controls."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise

from crm.web.components import Action
from crm.web.tables.filters import Filter

Label = str | Promise


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the ticked rows: posts `ids` (or `all` and `query`) to a page."""

    label: Label
    url: str
    icon: str = ""
    permission: str = ""
    frame: str = ""
    danger: bool = False

    @property
    def address(self) -> str:
        return reverse(self.url)


@dataclass(frozen=True)
class QuickView:
    """A ready-made view: a name and the query string it stands for."""

    key: str
    label: Label
    query: str = ""


@dataclass(frozen=True)
class Empty:
    """What to say when there is nothing: one sentence, one action."""

    text: Label
    action: Action | None = None
    icon: str = "inbox"


@dataclass(frozen=True)
class Chip:
    """A condition in force and the address without it."""

    label: Label
    words: str
    url: str


@dataclass(frozen=True)
class Control:
    """A filter's control in the panel."""

    filter: Filter
    options: Sequence[tuple[str, str]]
    values: Sequence[str]
    bounds: tuple[str, str] = field(default=("", ""))
