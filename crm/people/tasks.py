"""What people's places need in the background; each is safe to run again."""

from crm import jobs
from crm.people import mails
from crm.people.services import absences


@jobs.task("people.send_invitation", atomic=False)
def send_invitation(organization_id: int, invitation_id: int) -> None:
    """Mail an invitation's link."""
    mails.send_invitation(organization_id, invitation_id)


@jobs.task("people.absence_begins")
def absence_begins(organization_id: int, absence_id: int) -> None:
    """What waits for somebody is asked of their deputy too."""
    absences.begin_absence(absence_id=absence_id)
