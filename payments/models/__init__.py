from payments.models.banks import BankAccount, LineDisposition, Statement, StatementLine
from payments.models.matches import Allocation, MatchProposal, PayerAlias, ProposedShare
from payments.models.plans import Instalment, PaymentPlan

__all__ = [
    "Allocation",
    "BankAccount",
    "Instalment",
    "LineDisposition",
    "MatchProposal",
    "PayerAlias",
    "PaymentPlan",
    "ProposedShare",
    "Statement",
    "StatementLine",
]
