from crm.sharing.models.hand_overs import HandOver
from crm.sharing.models.movements import Movement
from crm.sharing.models.transfers import Transfer, TransferRule

__all__ = ["HandOver", "Movement", "Transfer", "TransferRule"]
