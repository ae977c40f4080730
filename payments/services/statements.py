"""Take in a bank file: each line once, whatever is uploaded again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crm import jobs
from crm.audit import services as audit
from crm.encryption.cipher import blind_index
from crm.files.models import StoredFile
from crm.files.services import path_of
from crm.tenancy.context import current_member_id
from payments import statements as engine
from payments.enums import Bank
from payments.models import BankAccount, Statement, StatementLine
from payments.services.accounts import open_account, plain_number
from payments.services.refusals import StatementRefused
from payments.wording import unreadable

BATCH = 1_000
LARGEST_FILE = 20 * 1024 * 1024
TAIL = 4
FINGERPRINT = "payments_statementline.fingerprint"


@dataclass(frozen=True)
class Imported:
    """What an upload brought to one account."""

    statement: Statement
    is_new_account: bool

    @property
    def new_count(self) -> int:
        return self.statement.new_count

    @property
    def known_count(self) -> int:
        return self.statement.known_count


@transaction.atomic
def import_statement(*, file: StoredFile, account_id: int | None = None) -> list[Imported]:
    """Read a stored file into its account(s); lines that came before are counted, not repeated.

    Without an account the file must name one; one not seen before is opened. Raises
    StatementRefused with the place and the reason; then nothing has been taken in.
    """
    parsed = read_file(file)
    chosen = BankAccount.objects.get(pk=account_id) if account_id else None
    if chosen is not None and len(parsed) > 1:
        raise StatementRefused(
            _("The file holds several accounts. Leave the account to be recognised.")
        )
    found = [take_in(file, one, chosen) for one in parsed]
    jobs.enqueue("payments.propose_matches")
    return found


def read_file(file: StoredFile) -> list[engine.Statement]:
    """The statements of a stored file; raises StatementRefused in words."""
    if file.size > LARGEST_FILE:
        raise StatementRefused(_("The file is too large for a bank statement."))
    try:
        parsed = engine.read_statement(path_of(file).read_bytes(), file.name)
    except engine.UnreadableStatement as error:
        reason = unreadable(error.place, error.reason_code, error.params)
        raise StatementRefused(reason, place=error.place) from error
    if not any(one.lines for one in parsed):
        raise StatementRefused(_("The statement has no movements."))
    return parsed


def take_in(file: StoredFile, parsed: engine.Statement, chosen: BankAccount | None) -> Imported:
    """Write one account's movements and say how many were new."""
    account, is_new = account_of(parsed, chosen)
    check = parsed.check()
    days = [line.booking_date for line in parsed.lines]
    statement = Statement.objects.create(
        account=account,
        file=file,
        format=parsed.format,
        opening_balance=parsed.opening_balance,
        closing_balance=parsed.closing_balance,
        first_date=min(days, default=None),
        last_date=max(days, default=None),
        line_count=len(parsed.lines),
        balance_code=check.code,
        balance_difference=check.difference,
        balance_rows=list(check.rows),
        created_by_id=current_member_id(),
    )
    write_lines(statement, account, parsed.lines)
    statement.new_count = StatementLine.objects.filter(statement=statement).count()
    statement.save(update_fields=["new_count"])
    audit.record(
        "statement.imported",
        target=statement,
        file=file.name,
        new=statement.new_count,
        known=statement.known_count,
        balance=check.code,
    )
    return Imported(statement, is_new)


def write_lines(
    statement: Statement, account: BankAccount, lines: Sequence[engine.StatementLine]
) -> None:
    """Insert what is new; the fingerprint's unique constraint drops what is known."""
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                account=account,
                statement=statement,
                row=line.row,
                amount=line.amount,
                currency=account.currency,
                booking_date=line.booking_date,
                value_date=line.value_date,
                counterparty_name=line.counterparty_name[:200],
                counterparty_account=line.counterparty_account[:64],
                reference=line.reference[:300],
                memo=line.memo[:2000],
                bank_id=line.bank_id[:100],
                balance=line.balance,
                fingerprint=blind_index(line.fingerprint, FINGERPRINT),
            )
            for line in lines
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def account_of(parsed: engine.Statement, chosen: BankAccount | None) -> tuple[BankAccount, bool]:
    """The account a statement belongs to, and whether it was opened just now."""
    stated = plain_number(parsed.account)
    if chosen is not None:
        check_chosen(chosen, stated, parsed.currency)
        return chosen, False
    if not stated:
        raise StatementRefused(
            _("The file does not say which account it is of. Choose the account.")
        )
    known = [
        account
        for account in BankAccount.objects.filter(currency=parsed.currency)
        if is_same_number(account.number, stated)
    ]
    if len(known) == 1:
        return known[0], False
    if known or "*" in stated:
        raise StatementRefused(
            _(
                "The file hides its account number (…%(number)s)."
                " Choose the account or add it first."
            )
            % {"number": stated[-TAIL:]}
        )
    return open_found_account(parsed, stated), True


def check_chosen(account: BankAccount, stated: str, currency: str) -> None:
    """Raise when the file says it is of another account or currency."""
    if stated and not is_same_number(account.number, stated):
        raise StatementRefused(
            _("The file is of the account ending in %(stated)s, not of “%(account)s”.")
            % {"stated": stated[-TAIL:], "account": account}
        )
    if currency and currency != account.currency:
        raise StatementRefused(
            _("The file is in %(stated)s, the account in %(currency)s.")
            % {"stated": currency, "currency": account.currency}
        )


def is_same_number(number: str, stated: str) -> bool:
    """Whether a number, perhaps masked in the file, is the account's."""
    if "*" not in stated and "x" not in stated.lower():
        return number == stated
    return len(stated) >= TAIL and number.endswith(stated[-TAIL:])


def open_found_account(parsed: engine.Statement, stated: str) -> BankAccount:
    """Open the account that a file is the first to mention."""
    code = parsed.bank.lower()
    bank = Bank(code) if code in Bank.values else Bank.OTHER
    return open_account(
        name=f"{bank.label} {parsed.currency}",
        number=stated,
        bank=bank,
        currency=parsed.currency,
        holder=parsed.account_name,
    )
