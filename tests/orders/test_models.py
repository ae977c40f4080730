"""Constraints guarantee what services promise."""

import pytest
from django.db import IntegrityError, transaction

from leads.models import Customer
from orders.models import Order


def test_net_and_tax_make_gross(tenant):
    customer = Customer.objects.create(name="苏州同光精密", number="C26-000001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(customer=customer, number="SO26-000001", net_amount=1, gross_amount=2)
