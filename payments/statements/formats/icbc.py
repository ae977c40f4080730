"""Industrial and Commercial Bank of China 中国工商银行."""

from crm.tabular import Table
from payments.statements.columns import label
from payments.statements.layout import TableLayout
from payments.statements.notes import Notes


def _is_personal(table: Table, notes: Notes) -> float:
    """The download of 明细查询: amounts in the currency of the deal and of the account."""
    labels = {label(name) for name in table.header}
    if {"记账金额收入", "记账金额支出"} <= labels:
        return 1.0
    return 0.5 if "明细查询文件下载" in notes.text else 0.0


def _is_corporate(table: Table, notes: Notes) -> float:
    """The 历史明细 of the corporate portal, plain or as [HISTORYDETAIL] text file."""
    labels = {label(name) for name in table.header}
    if "HISTORYDETAIL" in notes.text.upper():
        return 1.0
    if {"本方账号", "对方单位名称"} <= labels and labels & {"借方发生额", "转入金额", "借贷"}:
        return 0.9
    return 0.6 if "工商银行" in notes.text else 0.0


PERSONAL = TableLayout(code="icbc_personal", bank="ICBC", recognises=_is_personal)

CORPORATE = TableLayout(code="icbc_corporate", bank="ICBC", recognises=_is_corporate)
