"""Any table with columns that say day and amount in a way banks usually do."""

from crm.tabular import Table
from payments.statements.layout import TableLayout
from payments.statements.notes import Notes


def _is_any(table: Table, notes: Notes) -> float:
    return 0.1


GENERIC = TableLayout(code="generic", bank="", recognises=_is_any)
