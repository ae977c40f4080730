from django.utils.translation import gettext_lazy as _

from crm.approvals.sweeping import ApprovalMover, ask_deputy, sweep, waiting_for
from crm.people.holdings import Holding, Passed, address, on_leaving, register
from crm.people.models import Member
from crm.people.presence import on_absence


def page(member: Member) -> str:
    return address("sharing:held", member.pk, "approvals-assignee")


register(
    Holding(
        key="approvals.assignee",
        label=_("Approvals that wait for them"),
        icon="clipboard-check",
        order=60,
        of=waiting_for,
        url=page,
        mover=ApprovalMover(),
        permission="approvals.view_run",
        title=lambda row: row.step.run.title,
        related=("step__run",),
    )
)


def pass_on(leaver: Member) -> list[Passed]:
    """A leaver decides nothing any more: their superior is asked."""
    return sweep(leaver=leaver)


on_leaving(pass_on)
on_absence(ask_deputy)
