"""A thousand payments seen from both ends: fees up to 7 %, days between, other words."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from payments.matching import Line, OpenItem, propose

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "bank" / "matching_1000"


def rows(name: str) -> list[dict[str, str]]:
    if not FOLDER.exists():
        pytest.skip("shared data absent: bank/matching_1000")
    with (FOLDER / name).open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_real_payments_post_rarely_and_rightly():
    sent, received = rows("origin.csv"), rows("destination.csv")
    items = [
        OpenItem(
            id=row["unique_id"],
            customer_id=row["unique_id"],
            customer_name=row["memo"],
            amount_open=Decimal(row["amount"]),
            currency="GBP",
            due_date=date.fromisoformat(row["transaction_date"]),
        )
        for row in sent
    ]
    lines = [
        Line(
            id=row["unique_id"],
            amount=Decimal(row["amount"]),
            currency="GBP",
            value_date=date.fromisoformat(row["transaction_date"]),
            counterparty_name=row["memo"],
        )
        for row in received
    ]
    truth = {row["unique_id"]: row["ground_truth"] for row in sent}
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row, proposal in zip(received, propose(lines, items), strict=True):
        for part in proposal.allocations:
            hit = truth[str(part.item_id)] == row["ground_truth"]
            (right if hit else wrong)[proposal.band] += 1
    assert wrong["post"] == 0
    assert right["post"] >= 40
    assert right["propose"] >= 8 * wrong["propose"]
    assert right["propose"] >= 300
