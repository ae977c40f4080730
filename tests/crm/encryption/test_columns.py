"""What is at rest, as the database's owner sees it, and what a stolen value is good for."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from crm.encryption.cipher import Undecipherable
from crm.tenancy.context import tenant_context
from payments.models import BankAccount, StatementLine
from payments.services.accounts import is_known, open_account
from payments.services.aliases import customers_by_key

NUMBER = "6222021001012345678"
RAW = "SELECT number, number_index FROM payments_bankaccount WHERE id = %s"

pytestmark = pytest.mark.django_db


def raw(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_an_account_number_is_ciphertext_in_its_table_and_its_history(tenant):
    account = open_account(name="基本户", number=NUMBER)
    account.name = "一般户"
    account.save(update_fields=["name"])
    stored = [
        *raw(RAW, account.pk),
        *raw("SELECT number, number_index FROM payments_bankaccountevent"),
    ]

    assert len(stored) == 2
    assert all(token.startswith("tz1.test.") and NUMBER[-4:] not in token for token, _ in stored)
    assert BankAccount.objects.get().number == NUMBER
    assert account.history.get().number == NUMBER
    assert NUMBER not in repr(vars(BankAccount.objects.get()))
    assert str(BankAccount.objects.get()) == "一般户 *5678"


def test_a_number_is_found_by_its_index_alone(tenant):
    account = open_account(name="基本户", number="6222 0210 0101 2345 678")

    assert is_known(number=NUMBER, currency="CNY")
    assert not is_known(number=NUMBER, currency="USD")
    for question in ("number", "number__contains", "number__in", "number__startswith"):
        with pytest.raises(FieldError):
            BankAccount.objects.filter(**{question: NUMBER}).exists()
    # a save of other columns leaves the index as it is
    account.save(update_fields=["name"])
    assert is_known(number=NUMBER, currency="CNY")


def test_a_ciphertext_moved_to_another_organisation_does_not_open(cast, other_cast):
    with tenant_context(cast.organization.pk):
        token = raw(RAW, open_account(name="甲", number=NUMBER).pk)[0][0]
    with tenant_context(other_cast.organization.pk):
        account = open_account(name="乙", number="1234567890")
        raw(
            "UPDATE payments_bankaccount SET number = %s WHERE id = %s RETURNING id",
            token,
            account.pk,
        )
        with pytest.raises(Undecipherable):
            BankAccount.objects.get()


def test_equal_numbers_of_two_organisations_have_different_indexes(cast, other_cast):
    found = []
    for one in (cast, other_cast):
        with tenant_context(one.organization.pk):
            found.append(raw(RAW, open_account(name="户", number=NUMBER).pk)[0][1])
    assert found[0] != found[1]


def test_a_ciphertext_moved_to_another_column_does_not_open(tenant):
    account = open_account(name="基本户", number=NUMBER)
    token = raw(RAW, account.pk)[0][0]
    with pytest.raises(Undecipherable):
        StatementLine._meta.get_field("counterparty_account").from_db_value(token, None, connection)


def test_unknown_payers_have_no_customers(tenant):
    assert customers_by_key(["account:1", "name:x"]) == {}
    assert customers_by_key([]) == {}
