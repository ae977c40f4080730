"""Short ways to write lines and open items."""

from datetime import date
from decimal import Decimal

from payments.matching import Line, OpenItem, Proposal

FAR_SHIP = "深圳市远航电子有限公司"
SEA_TRADE = "上海海华贸易有限公司"


def item(number: int, amount: str, *references: str, **changes: object) -> OpenItem:
    values: dict[str, object] = {
        "customer_id": 10,
        "customer_name": FAR_SHIP,
        "currency": "CNY",
        "due_date": date(2026, 3, 1),
    }
    return OpenItem(
        id=number, amount_open=Decimal(amount), references=references, **{**values, **changes}
    )


def line(amount: str, payer: str = "", memo: str = "", **changes: object) -> Line:
    values: dict[str, object] = {
        "id": "line",
        "currency": "CNY",
        "value_date": date(2026, 3, 5),
    }
    return Line(amount=Decimal(amount), counterparty_name=payer, memo=memo, **{**values, **changes})


def given(proposal: Proposal) -> dict[object, Decimal]:
    return {part.item_id: part.amount for part in proposal.allocations}


def codes(proposal: Proposal) -> set[str]:
    return {reason.code for reason in proposal.reasons}
