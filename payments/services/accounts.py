import re

from django.db import transaction

from crm.audit import services as audit
from crm.encryption.fields import index_of
from payments.enums import Bank
from payments.models import BankAccount


def plain_number(number: str) -> str:
    """An account number without blanks and dashes."""
    return re.sub(r"[\s-]", "", number)


def is_known(*, number: str, currency: str) -> bool:
    """Whether the account is there already."""
    index = index_of(BankAccount, "number_index", plain_number(number))
    return BankAccount.objects.filter(number_index=index, currency=currency).exists()


@transaction.atomic
def open_account(
    *, name: str, number: str, bank: str = Bank.OTHER, currency: str = "CNY", holder: str = ""
) -> BankAccount:
    """Add one of our bank accounts."""
    account = BankAccount.objects.create(
        name=name.strip(),
        number=plain_number(number),
        bank=bank,
        currency=currency,
        holder=holder.strip(),
    )
    audit.record("bank_account.opened", target=account, number=account.masked_number)
    return account


@transaction.atomic
def change_account(*, account_id: int, name: str, holder: str, is_active: bool) -> BankAccount:
    """Rename an account or take it out of use; number and currency stay what they are."""
    account = BankAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)
    account.name, account.holder, account.is_active = name.strip(), holder.strip(), is_active
    account.save(update_fields=["name", "holder", "is_active"])
    return account
