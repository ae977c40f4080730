"""What waits for somebody who leaves or is away is asked of another: never lost, never approved."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from crm.approvals import notifications
from crm.approvals.enums import RunState, StepState
from crm.approvals.models import Run, RunStep, StepAssignee
from crm.audit import services as audit
from crm.people.hierarchy import superior_of
from crm.people.holdings import Moved, Passed
from crm.people.models import Member
from crm.people.presence import acting_deputy


class ApprovalMover:
    """Open questions to one member become questions to another."""

    def move(self, ids: Sequence[int], *, giver: Member | None, receiver: Member) -> list[Moved]:
        """Ask the receiver, or whoever stands above them where they submitted it themselves."""
        moved = []
        for asked in locked_questions(ids, giver):
            run = asked.step.run
            other = next_in_line(receiver, run)
            if other is None or other.pk == asked.member_id:
                continue
            asked.is_open = False
            asked.save(update_fields=["is_open"])
            ask_for(giver or asked.member, asked.step, other)
            audit.write(
                "approval.passed_on", run.subject_kind, run.subject_id, {"member": other.pk}
            )
            notifications.tell_waiting(run, [other.pk])
            notifications.announce(run)
            moved.append(Moved(asked.pk))
        return moved

    def restore(
        self, moved: Mapping[int, int | None], *, giver: Member, receiver: Member
    ) -> set[int]:
        """Ask the first one again where nobody has decided meanwhile, and not who stood in."""
        back = set()
        rows = StepAssignee.objects.select_for_update(of=("self",), no_key=True)
        for asked in rows.filter(pk__in=list(moved), member=giver).order_by("pk"):
            step = RunStep.objects.select_related("run").get(pk=asked.step_id)
            if step.state != StepState.CURRENT or step.run.state != RunState.RUNNING:
                continue
            step.assignees.filter(is_open=True, stands_for=giver).update(is_open=False)
            asked.is_open = True
            asked.save(update_fields=["is_open"])
            notifications.announce(step.run)
            back.add(asked.pk)
        return back


def ask_for(absent: Member, step: RunStep, other: Member) -> bool:
    """Ask somebody in another's place; False where they are asked already."""
    found, is_new = StepAssignee.objects.get_or_create(
        step=step, member=other, defaults={"stands_for": absent}
    )
    if not is_new and not found.is_open:
        found.is_open, found.stands_for = True, absent
        found.save(update_fields=["is_open", "stands_for"])
        is_new = True
    return is_new


@transaction.atomic
def ask_deputy(absent: Member) -> int:
    """What waits for somebody who is away is asked of their deputy too; returns how many it was."""
    deputy, number = acting_deputy(absent), 0
    if deputy is None:
        return 0
    ids = list(waiting_for(absent).values_list("pk", flat=True))
    for asked in locked_questions(ids, absent):
        run = asked.step.run
        if deputy.pk != run.submitted_by_id and ask_for(absent, asked.step, deputy):
            audit.write(
                "approval.deputy_asked", run.subject_kind, run.subject_id, {"member": deputy.pk}
            )
            notifications.tell_waiting(run, [deputy.pk])
            notifications.announce(run)
            number += 1
    return number


def locked_questions(ids: Sequence[int], giver: Member | None) -> list[StepAssignee]:
    """The open questions, their runs locked first as everywhere."""
    runs = StepAssignee.objects.filter(pk__in=ids).values("step__run_id")
    list(
        Run.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=runs)
        .order_by("pk")
        .values_list("pk")
    )
    rows = StepAssignee.objects.filter(pk__in=ids, member=giver, is_open=True)
    return list(rows.select_related("member", "step__run__submitted_by").order_by("pk"))


def next_in_line(receiver: Member, run: Run) -> Member | None:
    """The receiver, or the nearest above them who did not submit it."""
    found: Member | None = receiver
    for _step in range(12):
        if found is None or found.pk != run.submitted_by_id:
            return found
        found = superior_of(found)
    return None


@transaction.atomic
def sweep(*, leaver: Member, receiver: Member | None = None) -> list[Passed]:
    """Pass what waits for a leaver on to their superior; returns what it was.

    Without anybody above, they stay where they are and are shown as a leaver's.
    """
    other = receiver or superior_of(leaver)
    if other is None:
        return []
    ids = list(waiting_for(leaver).values_list("pk", flat=True))
    moved = ApprovalMover().move(ids, giver=leaver, receiver=other)
    return [Passed("approvals.assignee", one.pk, other) for one in moved]


def waiting_for(member: Member) -> QuerySet[StepAssignee]:
    """The questions that wait for the member's decision."""
    return StepAssignee.objects.filter(
        member=member, is_open=True, step__run__state=RunState.RUNNING
    )
