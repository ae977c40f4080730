"""Two people at once, five thousand records, a crash in the middle: real transactions."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.people.models import Member
from crm.refusals import Refused
from crm.sharing.models import HandOver, Movement, Transfer
from crm.sharing.nouns import noun
from crm.sharing.selectors.transfers import preview
from crm.sharing.services import hand_over as services
from crm.sharing.services.transfers import Wish, request_transfer
from crm.teamwork.models import Task
from crm.tenancy.context import tenant_context
from leads.models import Customer, Lead
from tests.crm.sharing.conftest import fill
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_transactions")]


def test_of_two_transfers_at_once_one_wins(cast_committed):
    cast, of = cast_committed, noun("leads.customer")
    with tenant_context(cast.organization.id):
        book = fill(cast.agent, 3)
        ids = [one.pk for one in book.customers]
        seen = preview(of=of, ids=ids, by=cast.manager).seen

    def give(receiver: Member) -> Callable[[], Any]:
        wish = Wish(receiver=receiver, reason="x", takes_along=("orders.order",))
        return lambda: request_transfer(of=of, ids=ids, wish=wish, by=cast.manager, seen=seen)

    results = at_once(cast, [give(cast.colleague), give(cast.manager)], refusals=Refused)
    assert sorted(isinstance(one, Refused) for one in results) == [False, True]
    with tenant_context(cast.organization.id):
        (transfer,) = Transfer.objects.all()
        owners = set(Customer.objects.values_list("owner", flat=True))
        assert owners == {transfer.receiver_id}


def test_two_administrators_hand_over_once(cast_committed):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        fill(cast.agent, 3)
        draft = services.prepare(leaver=cast.agent, by=cast.owner)
        services.choose(hand_over_id=draft.pk, choices={"leads.customer": str(cast.colleague.pk)})

    def go() -> Any:
        return services.hand_over(hand_over_id=draft.pk, by=cast.owner)

    results = at_once(cast, [go, go], refusals=Refused)
    assert sorted(isinstance(one, Refused) for one in results) == [False, True]
    with tenant_context(cast.organization.id):
        assert Movement.objects.count() == 3


def test_two_administrators_begin_one_draft(cast_committed):
    cast = cast_committed
    found = at_once(cast, [lambda: services.prepare(leaver=cast.agent, by=cast.owner)] * 3)
    assert len({one.pk for one in found}) == 1


def test_a_crash_in_the_middle_leaves_nothing(cast_committed, monkeypatch):
    cast = cast_committed
    with tenant_context(cast.organization.id):
        fill(cast.agent, 3)
        draft = services.prepare(leaver=cast.agent, by=cast.owner)
        services.choose(
            hand_over_id=draft.pk,
            choices={
                "leads.customer": str(cast.colleague.pk),
                "teamwork.task": str(cast.colleague.pk),
            },
        )

    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(services, "deactivate_member", crash)
    with (
        pytest.raises(RuntimeError),
        tenant_context(cast.organization.id),
    ):
        services.hand_over(hand_over_id=draft.pk, by=cast.owner)
    with tenant_context(cast.organization.id):
        for model in (Customer, Lead, Task):
            assert set(model.objects.values_list("owner", flat=True)) == {cast.agent.pk}
        assert Movement.objects.count() == 0
        assert HandOver.objects.get().state == "draft"


def test_five_thousand_records_are_handed_over_quickly_and_come_back(cast_committed):
    cast, count = cast_committed, 2_500
    with tenant_context(cast.organization.id):
        owned = {"owner": cast.agent, "department": cast.agent.department}
        Customer.objects.bulk_create(
            Customer(number=f"C{one}", name=f"客户 {one}", **owned) for one in range(count)
        )
        Lead.objects.bulk_create(
            Lead(number=f"L{one}", company_name=f"线索 {one}", **owned) for one in range(count)
        )
        draft = services.prepare(leaver=cast.agent, by=cast.owner)
        choices = {"leads.customer": "split", "leads.lead": str(cast.colleague.pk)}
        services.choose(hand_over_id=draft.pk, choices=choices)
    started = monotonic()
    with tenant_context(cast.organization.id), CaptureQueriesContext(connection) as queries:
        services.hand_over(hand_over_id=draft.pk, by=cast.owner)
    forth = monotonic() - started
    with tenant_context(cast.organization.id):
        assert not Customer.objects.filter(owner=cast.agent).exists()
        services.undo(hand_over_id=draft.pk, by=cast.owner)
        assert Customer.objects.filter(owner=cast.agent).count() == count
        assert Lead.objects.filter(owner=cast.agent).count() == count
    assert len(queries) < 120
    assert forth < 30
