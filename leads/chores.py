"""What is done about clients by the clock."""

from datetime import timedelta

from crm.jobs.chores import chore
from leads.services import case_clock, index_version, watching

chore("leads.watch_collisions", every=timedelta(minutes=2))(watching.ask_all)
chore("leads.case_clock", every=timedelta(minutes=2))(case_clock.sweep_all)
chore("leads.index_versions", every=timedelta(minutes=2))(index_version.ask_all)
