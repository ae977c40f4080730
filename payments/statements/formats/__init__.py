"""Known layouts. A new bank is a new file here and a line in LAYOUTS."""

from payments.statements.formats import cmb, generic, icbc
from payments.statements.layout import TableLayout

LAYOUTS: tuple[TableLayout, ...] = (
    icbc.PERSONAL,
    icbc.CORPORATE,
    cmb.PERSONAL,
    cmb.PERSONAL_WEB,
    cmb.CREDIT_CARD,
    cmb.CORPORATE,
    generic.GENERIC,
)

__all__ = ["LAYOUTS"]
