"""The same movement gets the same fingerprint in every export that holds it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from payments.statements.model import StatementLine

_BLANK = re.compile(r"\s+")


def with_fingerprints(account: str, lines: Sequence[StatementLine]) -> tuple[StatementLine, ...]:
    """Mark each line by the bank's serial number or its content, counting equal ones apart.

    The balance and the row are left out, so that overlapping exports agree; of two equal real
    movements in one file the second is number two and survives.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    marked = []
    for line in lines:
        content = _content(account, line)
        seen[content] += 1
        text = "\x1f".join((*content, str(seen[content])))
        marked.append(replace(line, fingerprint=sha256(text.encode()).hexdigest()[:32]))
    return tuple(marked)


def _content(account: str, line: StatementLine) -> tuple[str, ...]:
    tail = re.sub(r"\D", "", account)[-4:]
    amount = format(line.amount.normalize(), "f")
    if line.bank_id:
        return ("serial", tail, _squeezed(line.bank_id), amount)
    return (
        "content",
        tail,
        line.booking_date.isoformat(),
        amount,
        _squeezed(line.counterparty_name),
        _squeezed(line.counterparty_account),
        _squeezed(line.reference),
        _squeezed(line.memo),
    )


def _squeezed(text: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).casefold()
