from crm import jobs
from payments.services import proposing


@jobs.task("payments.propose_matches")
def propose_matches(line_ids: list[int] | None = None) -> None:
    """Look for what the open bank lines pay: all of them, or these."""
    proposing.propose_matches(line_ids=line_ids)
