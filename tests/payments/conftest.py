"""An approved order with its plan, a bank account, and lines as a bank would report them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone, translation

from crm.files.services import store_bytes
from crm.people.models import Member
from leads.models import Customer
from orders.models import Order
from payments.models import BankAccount, PaymentPlan, Statement, StatementLine
from payments.services import accounts, plans

_numbers = count(1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are compared in English."""
    with translation.override("en"):
        yield


def make_customer(owner: Member, name: str = "苏州同光精密机械有限公司") -> Customer:
    return Customer.objects.create(
        number=f"C-{next(_numbers)}", name=name, owner=owner, department_id=owner.department_id
    )


def make_order(
    owner: Member,
    *,
    gross: str = "10000.00",
    customer: Customer | None = None,
    terms: str = "prepaid_30_70",
    contract_number: str = "",
    delivery_on: date | None = None,
    currency: str = "CNY",
) -> Order:
    """An approved order of one amount; its lines do not matter here."""
    return Order.objects.create(
        number=f"O26-{next(_numbers):06d}",
        customer=customer or make_customer(owner),
        owner=owner,
        department_id=owner.department_id,
        status="approved",
        approved_at=timezone.now(),
        payment_terms=terms,
        contract_number=contract_number,
        delivery_date=delivery_on,
        currency=currency,
        net_amount=Decimal(gross),
        gross_amount=Decimal(gross),
    )


@pytest.fixture
def plan(tenant) -> PaymentPlan:
    """30 % / 70 % of ¥10,000.00, of the agent's order with contract HT-2031."""
    order = make_order(tenant.agent, contract_number="HT-2031")
    return plans.create_plan(order_id=order.pk)


@pytest.fixture
def account(tenant) -> BankAccount:
    return accounts.open_account(name="基本户", number="6222 0210 0101 2345 678", bank="icbc")


@pytest.fixture
def new_line(account) -> Callable[..., StatementLine]:
    """Write a bank line straight into the account."""
    statement = Statement.objects.create(
        account=account, file=store_bytes(b"x", name="x.csv", purpose="statement")
    )

    def write(amount: str, **fields: object) -> StatementLine:
        number = next(_numbers)
        values = {
            "row": number,
            "booking_date": date(2026, 11, 2) + timedelta(days=number % 20),
            "fingerprint": f"f{number}",
            "counterparty_name": "苏州同光精密机械有限公司",
        } | fields
        values.setdefault("value_date", values["booking_date"])
        return StatementLine.objects.create(
            account=account, statement=statement, amount=Decimal(amount), **values
        )

    return write
