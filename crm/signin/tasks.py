from crm import jobs
from crm.signin import connections


@jobs.task("signin.check_connection", atomic=False, most_attempts=1)
def check_connection(organization_id: int, connection_id: int) -> None:
    """Ask an identity provider whether its settings are right."""
    connections.check_connection(organization_id, connection_id=connection_id)
