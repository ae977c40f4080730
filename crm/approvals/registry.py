"""Which records can be approved. An app registers its subject in AppConfig.ready:

approvals.register(Subject(kind="orders.order", model=Order, …))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from crm.people.models import Member

Definition = Mapping[str, Any]
Callback = Callable[[Any], None]
Owner = Callable[[Any], Member | None]


def nothing(record: Any) -> None:
    """The record need not know."""


def nobody(record: Any) -> None:
    """The record has no owner whose superior could be asked."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """How approvals speak with one kind of record. Callbacks get the record, locked."""

    kind: str
    label: str | Promise
    model: type[Model]
    permission: str
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    content_hash: Callable[[Any], str]
    on_approved: Callback
    on_sent_back: Callback
    on_withdrawn: Callback
    on_voided: Callback = nothing
    # whose superior a step {"kind": "superior", "of": "owner"} asks
    owner: Owner = nobody
    # what the approver reads, in short and below it in full: templates with one context
    summary_template: str
    details_template: str
    summary: Callable[[Any], dict[str, Any]]
    # the flow a new organisation starts with
    default_steps: Sequence[Definition] = field(default=())

    def locked(self, pk: int) -> Any:
        """The record, locked before its approval is: always in this order."""
        rows = self.model._default_manager.select_for_update(of=("self",), no_key=True)
        return rows.get(pk=pk)


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind of record approvable."""
    if subject.kind in _subjects:
        raise ValueError(f"Approval subject {subject.kind} is registered twice")
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject:
    """The registered kind; KeyError for an unknown one."""
    return _subjects[kind]


def subjects() -> list[Subject]:
    """Every kind of record that can be approved."""
    return list(_subjects.values())
