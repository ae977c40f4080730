"""What leads do in the background; each is safe to run again."""

from datetime import date

from crm import jobs
from leads.enums import RecordKind
from leads.services import (
    assignment,
    case_hands,
    figures,
    forewarning,
    imports_check,
    imports_run,
    index_version,
    merging,
    protection,
    risk_digest,
)


@jobs.task("leads.assign_leads")
def assign_leads(lead_ids: list[int]) -> None:
    """Give new leads to reps by the rules."""
    assignment.assign_leads(lead_ids=lead_ids)


@jobs.task("leads.check_import", atomic=False)
def check_import(organization_id: int, batch_id: int) -> None:
    """Dry run of a lead file."""
    imports_check.check(organization_id, batch_id)


@jobs.task("leads.run_import", atomic=False)
def run_import(organization_id: int, batch_id: int) -> None:
    """Import the checked rows of a lead file."""
    imports_run.run(organization_id, batch_id)


@jobs.task("leads.gather_strays")
def gather_strays(merge_id: int) -> None:
    """What was entered for a record in the moment of its merge follows it."""
    merging.gather_strays(merge_id=merge_id)


@jobs.task("leads.follow_hands")
def follow_hands(case_id: int) -> None:
    """A record of an open case came into other hands: its new owner is told and takes part."""
    case_hands.follow(case_id=case_id)


@jobs.task("leads.end_protections")
def end_protections() -> None:
    """A day is over: customers protected until then are free again."""
    protection.end_protections()


@jobs.task("leads.foresee_changes", atomic=False)
def foresee_changes(organization_id: int) -> None:
    """Early warnings for what was entered, changed or handed on."""
    forewarning.look_at_changes(organization_id)


@jobs.task("leads.foresee_customers")
def foresee_customers(customer_ids: list[int]) -> None:
    """Early warnings for customers about whom something became known elsewhere: who pays."""
    forewarning.look_at([(RecordKind.CUSTOMER.value, pk) for pk in customer_ids])


@jobs.task("leads.sweep_risks", atomic=False)
def sweep_risks(organization_id: int, night: str) -> None:
    """Early warnings for everything; goes on where it was cut off."""
    forewarning.sweep(organization_id, date.fromisoformat(night))


@jobs.task("leads.send_risk_digests", atomic=False)
def send_risk_digests(organization_id: int, day: str) -> None:
    """Tell each manager what is at risk."""
    risk_digest.send_all(organization_id, date.fromisoformat(day))


@jobs.task("leads.freeze_figures", atomic=False)
def freeze_figures(organization_id: int) -> None:
    """Keep the figures of the months that are over."""
    figures.freeze(organization_id)


@jobs.task("leads.upgrade_index", atomic=False)
def upgrade_index(organization_id: int) -> None:
    """The identity index under the keys of this release; goes on where it was cut off."""
    index_version.upgrade(organization_id)
