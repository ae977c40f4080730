"""The data migration encrypts what two organisations had in plain text, and loses nothing."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, connections

from crm.encryption.cipher import blind_index
from crm.files.services import store_bytes
from crm.tenancy.context import tenant_context
from payments.models import BankAccount, Statement, StatementLine
from payments.services.accounts import is_known, open_account
from tests.support.cast import Cast, build_cast

migration = import_module("payments.migrations.0004_encrypt_numbers")
IGNORE = """
    SELECT set_config('pgtrigger.ignore', (
        SELECT array_agg(tgname::text)::text FROM pg_trigger WHERE starts_with(tgname, 'pgtrigger_')
    ), true)
"""
PLAIN = (
    "UPDATE payments_bankaccount SET number = '62220210010' || id, number_index = id::text",
    "UPDATE payments_statementline SET counterparty_account = '9550' || id,"
    " fingerprint = 'f' || id",
)


def with_plain_numbers(slug: str) -> Cast:
    """An organisation as it was before: numbers in plain text."""
    cast = build_cast(slug)
    with tenant_context(cast.organization.pk, member_id=cast.finance.pk):
        account = open_account(name="基本户", number="1234567890")
        file = store_bytes(b"x", name="x.csv", purpose="statement")
        statement = Statement.objects.create(account=account, file=file)
        for row in range(3):
            StatementLine.objects.create(
                account=account,
                statement=statement,
                row=row,
                amount=Decimal(10),
                booking_date=date(2026, 11, 2),
                value_date=date(2026, 11, 2),
                fingerprint=str(row),
            )
        with connection.cursor() as cursor:
            cursor.execute(IGNORE)
            for statement_ in PLAIN:
                cursor.execute(statement_)
    return cast


@pytest.mark.slow
def test_plain_numbers_are_encrypted_in_every_organisation(real_transactions):
    companies = [with_plain_numbers("acme"), with_plain_numbers("globex")]
    migration.encrypt(None, SimpleNamespace(connection=connections["owner"]))
    for cast in companies:
        with tenant_context(cast.organization.pk):
            account = BankAccount.objects.get()
            assert account.number == f"62220210010{account.pk}"
            assert is_known(number=account.number, currency="CNY")
            assert not account.history.exists()
            lines = StatementLine.objects.all()
            assert len(lines) == 3
            for line in lines:
                assert line.counterparty_account == f"9550{line.pk}"
                assert line.fingerprint == blind_index(f"f{line.pk}", migration.FINGERPRINT)
