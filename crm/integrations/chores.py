"""What is done about other programs by the clock."""

from datetime import timedelta

from crm.integrations import repeats
from crm.jobs.chores import chore

chore("integrations.forget_answers", every=timedelta(hours=1))(repeats.sweep_all)
