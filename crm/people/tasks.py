"""What people's places need in the background; each is safe to run again."""

from crm import jobs
from crm.people import mails


@jobs.task("people.send_invitation", atomic=False)
def send_invitation(organization_id: int, invitation_id: int) -> None:
    """Mail an invitation's link."""
    mails.send_invitation(organization_id, invitation_id)
