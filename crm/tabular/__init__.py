"""Tables people upload: CSV, TSV, XLSX, XLS, HTML of any encoding, read as text without loss."""

from crm.tabular.cells import cell_text, restore_cell, safe_cell
from crm.tabular.errors import REASON_CODES, UnreadableTable
from crm.tabular.marked import write_marked_csv, write_marked_xlsx
from crm.tabular.reader import Limits, Row, Table, read_table

__all__ = [
    "REASON_CODES",
    "Limits",
    "Row",
    "Table",
    "UnreadableTable",
    "cell_text",
    "read_table",
    "restore_cell",
    "safe_cell",
    "write_marked_csv",
    "write_marked_xlsx",
]
