"""What orders do in the background; each is safe to run again."""

from crm import jobs
from orders.services import offering


@jobs.task("orders.expire_quotes")
def expire_quotes() -> None:
    """A day is over: quotes that held until then are too."""
    offering.expire_quotes()
