from crm import jobs
from crm.sharing.nouns import shareable_nouns
from crm.sharing.services import shares, transfers


@jobs.task("sharing.end_shares")
def end_shares() -> None:
    """A day is over: shares until that day end."""
    for noun in shareable_nouns():
        shares.end_shares(noun=noun)


@jobs.task("sharing.carry_out")
def carry_out(transfer_id: int) -> None:
    """The day of a transfer has come."""
    transfers.carry_out(transfer_id=transfer_id)
