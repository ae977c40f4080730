"""What is done about organisations by the clock."""

from datetime import timedelta

from django.utils import timezone

from crm.jobs.chores import chore
from crm.organizations.models import SignUp
from crm.organizations.services import erasing, exporting, measuring

chore("organizations.erase", every=timedelta(seconds=30))(erasing.erase_due)
chore("organizations.measure", every=timedelta(hours=1))(measuring.measure_all)
chore("organizations.count_jobs", every=timedelta(minutes=2))(measuring.count_jobs)
chore("organizations.remove_exports", every=timedelta(hours=1))(exporting.remove_expired)


@chore("organizations.forget_sign_ups", every=timedelta(hours=1))
def forget_sign_ups() -> int:
    """Wishes whose link is too old are forgotten."""
    gone, _rows = SignUp.objects.filter(expires_at__lt=timezone.now()).delete()
    return gone
