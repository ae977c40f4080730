"""Encrypt the account numbers that are there, as the owner, organisation by organisation."""

from typing import Any

from django.db import migrations

from crm.encryption.cipher import blind_index
from crm.encryption.sweeps import Column, encrypt_plain, fill_index, organizations, sweep

NUMBER = "payments_bankaccount.number"
KEY = "payments_payeralias.key"
PAYER = "payments_statementline.counterparty_account"
FINGERPRINT = "payments_statementline.fingerprint"
COLUMNS = [
    (Column("payments_bankaccount", "number", NUMBER), "number_index"),
    (Column("payments_bankaccountevent", "number", NUMBER, key="pgh_id"), "number_index"),
    (Column("payments_payeralias", "key", KEY), "key_index"),
    (Column("payments_statementline", "counterparty_account", PAYER), ""),
]


def encrypt(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    for column, index in COLUMNS:
        encrypt_plain(connection, column)
        if index:
            fill_index(connection, column, index)
    lines = Column("payments_statementline", "fingerprint", FINGERPRINT)
    for organization in organizations(connection, lines):

        def keyed(text: str, organization: int = organization) -> str:
            return blind_index(text, FINGERPRINT, organization_id=organization)

        for _ in sweep(connection, lines, organization, pending="TRUE", change=keyed):
            pass


class Migration(migrations.Migration):
    # one transaction: a fingerprint does not show whether it is keyed already
    dependencies = [("payments", "0003_encrypted_numbers"), ("encryption", "0001_initial")]
    operations = [migrations.RunPython(encrypt)]
