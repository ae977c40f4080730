"""Engine: bank files → statement lines. Plain Python: bytes in, statements or a reason out."""

from payments.statements.errors import REASON_CODES, UnreadableStatement
from payments.statements.model import BalanceCheck, Statement, StatementLine
from payments.statements.reader import read_statement

__all__ = [
    "REASON_CODES",
    "BalanceCheck",
    "Statement",
    "StatementLine",
    "UnreadableStatement",
    "read_statement",
]
