from crm import jobs
from crm.organizations.services import exporting


@jobs.task("organizations.export", atomic=False, most_attempts=3)
def export(organization_id: int, export_id: int) -> None:
    """Write the archive; done again from the start after a crash."""
    exporting.write_export(organization_id, export_id)
