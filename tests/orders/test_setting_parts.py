"""The parts of a shared client are set or changed later: whose the orders are then."""

import re
from datetime import timedelta

import pytest

from crm.access import grants
from crm.audit.models import OperationLog
from crm.refusals import Refused
from crm.sharing.nouns import noun
from crm.sharing.services.shares import share, take_back
from crm.teamwork.models import Notification
from crm.tenancy.clock import end_of
from crm.tenancy.context import acting_as, tenant_context
from leads.models import ClientSplit, CollisionCase, Customer
from leads.selectors.parting import may_set_parts
from leads.services.case_decisions import CaseMovedOn, NotForYou, accept
from leads.services.customers import create_customer
from leads.services.parting import set_parts
from tests.crm.sharing.conftest import url  # noqa: F401  a fixture
from tests.orders.test_commission import client, dated, day, give, order_of  # noqa: F401
from tests.orders.test_split_credit import names, parts, sixty_forty  # noqa: F401
from tests.support.at_once import at_once

KIND = noun("leads.customer")


def shared(tenant, customer, **ruling) -> CollisionCase:
    """Shared in the parts 60 and 40, and final."""
    case = sixty_forty(tenant, customer, **ruling).case
    for rep in (tenant.agent, tenant.colleague):
        with acting_as(rep.pk):
            accept(case_id=case.pk, by=rep)
    return CollisionCase.objects.get(pk=case.pk)


def change(tenant, case, agents, colleagues, *, by=None, reason="二期由同事谈成", **terms):
    by, both = by or tenant.manager, (tenant.agent.pk, tenant.colleague.pk)
    shares = dict(zip(both, (agents, colleagues), strict=True))
    with acting_as(by.pk):
        return set_parts(case_id=case.pk, by=by, shares=shares, reason=reason, **terms)


def test_orders_entered_later_and_dated_from_the_day_on_have_the_new_parts(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    case = shared(tenant, client, cutoff=day(-30))
    before = order_of(client, tenant.agent)
    change(tenant, case, 30, 70, starts_on=day(-10))
    fresh = order_of(client, tenant.colleague)
    assert parts(dated(before, 5)) == {agent: 60, colleague: 40}
    assert parts(dated(fresh, -10)) == {colleague: 70, agent: 30}
    assert parts(dated(fresh, -11)) == {agent: 60, colleague: 40}
    assert parts(dated(fresh, -31)) == {colleague: 100}
    assert {one.share for one in case.parties.exclude(share=None)} == {30, 70}


def test_a_client_shared_before_there_were_parts_gets_some(tenant, client, names, sign_in, url):  # noqa: F811
    agent, colleague, _manager = names
    case = shared(tenant, client)
    ClientSplit.objects.all().delete()
    before = order_of(client, tenant.agent)
    browser, page = sign_in(tenant.manager), url("leads:case", case.pk)
    assert "Decided before parts were credited" in browser.get(page).content.decode()
    form = url("leads:case_parts", case.pk)
    assert form in browser.get(page).content.decode()
    typed = {
        f"share_{tenant.agent.pk}": 50, f"share_{tenant.colleague.pk}": 45, "starts_on": "",
        "reason": "补录当时的约定", "version": case.version,
    }  # fmt: skip
    assert "make 95%, not 100%" in browser.post(form, typed).content.decode()
    typed[f"share_{tenant.colleague.pk}"] = 50
    stale = browser.post(form, {**typed, "version": 0}).content.decode()
    assert f'<a href="{form}" data-drawer>Look again</a>' in stale
    assert browser.post(form, typed).status_code == 302
    fresh = order_of(client, tenant.colleague)
    assert parts(before) == {agent: 100}
    assert parts(fresh) == {agent: 50, colleague: 50}
    html = browser.get(page).content.decode()
    assert f"{agent} 50% · {colleague} 50%" in html
    assert "补录当时的约定" in html
    told = Notification.objects.filter(kind="case-parts", title__contains=f"{colleague} 50%")
    assert {one.member for one in told} == {tenant.agent, tenant.colleague}
    logged = OperationLog.objects.get(action="collision.parts_set", subject_id=client.pk)
    assert (logged.member, logged.details["parts"]) == (
        tenant.manager, f"{agent} 50% · {colleague} 50%",
    )  # fmt: skip
    page = browser.get(url("leads:customer", client.pk)).content.decode()
    assert f"{agent} 50% · {colleague} 50%" in page
    assert "补录当时的约定" in page


def test_only_who_may_decide_and_only_what_is_final(tenant, client, sign_in, url):  # noqa: F811
    case = sixty_forty(tenant, client).case
    with pytest.raises(NotForYou):  # it can still be appealed
        change(tenant, case, 50, 50)
    for rep in (tenant.agent, tenant.colleague):
        with acting_as(rep.pk):
            accept(case_id=case.pk, by=rep)
        with pytest.raises(NotForYou):
            change(tenant, case, 50, 50, by=rep)
    case = CollisionCase.objects.get(pk=case.pk)
    may = {part for part, one in tenant.members.items() if may_set_parts(one, case)}
    assert may == {"manager", "owner"}
    form = url("leads:case_parts", case.pk)
    assert sign_in(tenant.agent).get(form).status_code == 403
    assert form not in sign_in(tenant.agent).get(url("leads:case", case.pk)).content.decode()
    assert sign_in(tenant.owner).get(form).status_code == 200


def test_what_cannot_be_is_refused(tenant, client):  # noqa: F811
    case = shared(tenant, client)
    wrong = (
        {"agents": 60, "colleagues": 30},
        {"agents": 60, "colleagues": 40},
        {"agents": 0, "colleagues": 100},
        {"agents": 50, "colleagues": 50, "starts_on": day(-1)},
        {"agents": 50, "colleagues": 50, "reason": " "},
        {"agents": 50, "colleagues": 50, "version": case.version - 1},
    )
    for terms in wrong:
        with pytest.raises(Refused):
            change(tenant, case, **terms)
    give(tenant.owner, order_of(client, tenant.agent), tenant.manager, key="leads.customer")
    with pytest.raises(Refused):
        change(tenant, case, 50, 50)
    assert ClientSplit.objects.count() == 1


def test_who_gets_a_part_again_may_work_on_the_client_again(tenant, client, names):  # noqa: F811
    agent, colleague, _manager = names
    case = shared(tenant, client)
    with acting_as(tenant.manager.pk):
        take_back(noun=KIND, ids=[client.pk], receiver=tenant.colleague)
    assert parts(order_of(client, tenant.agent)) == {agent: 100}
    change(tenant, case, 50, 50)
    assert parts(order_of(client, tenant.agent)) == {agent: 50, colleague: 50}
    held = Customer.access_grants()[0].objects.get(user_id=tenant.colleague.user_id)
    assert held.expires_at is None
    with acting_as(tenant.manager.pk):
        share(
            noun=KIND, ids=[client.pk], receivers=[tenant.colleague], action=grants.EDIT,
            by=tenant.manager, until=day(5),
        )  # fmt: skip
    change(tenant, case, 80, 20)
    latest = ClientSplit.objects.order_by("-began_at")[0]
    assert latest.end_of(tenant.colleague.pk) == end_of(day(5))


def test_parts_that_count_from_a_later_day_are_shown_with_the_day(tenant, client, sign_in, url):  # noqa: F811
    case = shared(tenant, client)
    page = url("leads:case", case.pk)
    browser = sign_in(tenant.manager)
    assert "· 60%</small>" in browser.get(page).content.decode()
    change(tenant, case, 50, 50, starts_on=day(9))
    html = browser.get(page).content.decode()
    assert re.search(r"· 60% · from [^<]+ 50%</small>", html)
    assert re.search(r"· 40% · from [^<]+ 50%</small>", html)
    change(tenant, case, 70, 30)  # an order dated after that day is entered later still
    html = browser.get(page).content.decode()
    assert "· 70%</small>" in html
    assert "from" not in re.findall(r"· 70%[^<]*</small>", html)[0]


@pytest.mark.slow
class TestAtOnce:
    @pytest.fixture
    def world(self, real_transactions, cast_committed):
        cast = cast_committed
        with tenant_context(cast.organization.id):
            with acting_as(cast.agent.pk):
                made = create_customer(by=cast.agent, name="苏州同光精密机械有限公司")
            return cast, made, shared(cast, made)

    def test_of_two_who_set_them_the_second_is_told(self, world):
        cast, _client, case = world
        calls = [
            lambda one=one, by=by: change(
                cast, case, one, 100 - one, by=by, version=case.version
            )
            for one, by in ((30, cast.manager), (50, cast.owner))
        ]  # fmt: skip
        found = at_once(cast, calls, refusals=Refused)
        assert sum(isinstance(one, CaseMovedOn) for one in found) == 1
        with tenant_context(cast.organization.id):
            assert ClientSplit.objects.count() == 2

    def test_a_share_that_ends_at_that_moment_has_ended_or_was_given_again(self, world):
        cast, made, case = world

        def end() -> int:
            with acting_as(cast.manager.pk):
                return take_back(noun=KIND, ids=[made.pk], receiver=cast.colleague)

        at_once(cast, [end, lambda: change(cast, case, 50, 50)])
        with tenant_context(cast.organization.id):
            table = Customer.access_grants()[0]
            is_let_in = table.objects.filter(user_id=cast.colleague.user_id).exists()
            latest = ClientSplit.objects.order_by("-began_at")[0]
            has_part = cast.colleague.pk in latest.parts_at(latest.began_at + timedelta(hours=1))
            assert is_let_in == has_part

    def test_a_transfer_at_that_moment_leaves_one_answer(self, world):
        cast, made, case = world
        with tenant_context(cast.organization.id):
            order = order_of(made, cast.agent)

        def move() -> object:
            return give(cast.owner, order, cast.manager, key="leads.customer")

        at_once(cast, [move, lambda: change(cast, case, 50, 50)], refusals=Refused)
        with tenant_context(cast.organization.id):
            assert Customer.objects.get(pk=made.pk).owner == cast.manager
            fresh = order_of(Customer.objects.get(pk=made.pk), cast.manager)
            assert parts(fresh) == {cast.manager.name: 100}
