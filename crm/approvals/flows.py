"""Flows by version: a run keeps the version it began with."""

from collections.abc import Sequence

from django.db import transaction

from crm.approvals.enums import StepKind
from crm.approvals.models import Flow
from crm.approvals.registry import Definition, Subject
from crm.tenancy.context import current_member_id

NEEDED = {StepKind.SUPERIOR: None, StepKind.ROLE: "role", StepKind.MEMBER: "member"}


class FaultyFlow(ValueError):
    """A flow without steps, or a step that does not say whom to ask."""


def check(steps: Sequence[Definition]) -> None:
    """Refuse a flow that could let something through unasked."""
    if not steps:
        raise FaultyFlow("A flow needs at least one step.")
    for step in steps:
        kind = step.get("kind")
        if kind not in NEEDED:
            raise FaultyFlow(f"Unknown kind of step: {kind!r}")
        needed = NEEDED[StepKind(kind)]
        if needed and not step.get(needed):
            raise FaultyFlow(f"A step of kind {kind} needs {needed!r}.")


def flow_in_use(subject: Subject) -> Flow:
    """The version new submissions follow; the first time, the subject's default."""
    check(subject.default_steps)
    flow, _is_new = Flow.objects.get_or_create(
        code=subject.kind,
        is_active=True,
        defaults={
            "name": str(subject.label),
            "definition": {"steps": [dict(step) for step in subject.default_steps]},
        },
    )
    return flow


@transaction.atomic
def publish_flow(*, subject: Subject, steps: Sequence[Definition]) -> Flow:
    """Put a new version of a flow into use; runs under way keep theirs."""
    check(steps)
    flow_in_use(subject)
    before: Flow = Flow.objects.select_for_update(of=("self",), no_key=True).get(
        code=subject.kind, is_active=True
    )
    before.is_active = False
    before.save(update_fields=["is_active"])
    return Flow.objects.create(
        code=before.code,
        name=before.name,
        version=before.version + 1,
        definition={"steps": [dict(step) for step in steps]},
        created_by_id=current_member_id(),
    )
