"""Valid tokens that do not work: their owner may have none now, or the API is switched off."""

import pytest

from crm.audit.models import OperationLog
from crm.integrations import services
from crm.integrations.enums import TokenState
from crm.integrations.models import AccessToken
from crm.integrations.selectors import CREATE, all_tokens
from crm.people.models import MemberRole, Role, User
from crm.signin.enums import SecondFactor
from crm.signin.services import change_policy
from crm.tenancy.context import acting_as, tenant_context
from tests.support.programs import let_have_tokens, problem_of

ALL = "/acme/api/tokens/all/"
OFF, ON = "/acme/api/off/", "/acme/api/on/"


@pytest.fixture
def inside(cast):
    """Inside the organisation for a moment, as its administrator."""

    def enter(run):
        with tenant_context(cast.organization.id), acting_as(cast.owner.pk):
            return run()

    return enter


def lose_tokens():
    """Take the permission to have tokens from the role of reps."""
    role = Role.objects.get(code="rep")
    role.grants = {name: far for name, far in role.grants.items() if name != CREATE}
    role.save(update_fields=["grants"])


def test_a_token_waits_while_its_owner_may_have_none(cast, program, inside):
    agent = program(cast.agent)
    assert agent.get("/me").status_code == 200
    inside(lose_tokens)
    for answer in (agent.get("/me"), agent.get("/leads"), agent.post("/leads", {})):
        assert (answer.status_code, problem_of(answer)) == (403, "token-on-hold")
    assert "may not have access tokens" in answer.json()["detail"]
    assert "RateLimit-Remaining" in answer.headers
    inside(lambda: let_have_tokens(cast.agent))
    assert agent.get("/me").status_code == 200


def test_another_role_holds_a_narrowed_token_back(cast, program, inside):
    narrowed = program(cast.agent, permissions=["leads.view_lead"])
    assert narrowed.get("/leads").status_code == 200
    legal = inside(lambda: Role.objects.get(code="legal"))
    inside(lambda: MemberRole.objects.filter(member=cast.agent).update(role=legal))
    assert problem_of(narrowed.get("/leads")) == "token-on-hold"


def test_an_administrator_switches_the_api_off_and_on(cast, program, sign_in, inside):
    agent, browser = program(cast.agent), sign_in(cast.owner)
    assert OFF in browser.get(ALL).content.decode()
    assert browser.post(OFF).status_code == 302
    answer = agent.get("/leads")
    assert (answer.status_code, problem_of(answer)) == (403, "api-off")
    page = browser.get(ALL).content.decode()
    assert ON in page
    assert OFF not in page
    assert "switched the API off" in page
    for address in ("/acme/api/tokens/", f"/acme/api/tokens/{agent.token.pk}/"):
        assert "switched the API off" in browser.get(address).content.decode()
    browser.post(ON)
    assert agent.get("/leads").status_code == 200
    lines = inside(lambda: list(OperationLog.objects.filter(action__startswith="api.switched")))
    assert {line.action for line in lines} == {"api.switched_off", "api.switched_on"}
    assert {line.member_id for line in lines} == {cast.owner.pk}


def test_switching_twice_is_said_once(tenant):
    services.switch_api(is_off=True)
    services.switch_api(is_off=True)
    assert OperationLog.objects.filter(action="api.switched_off").count() == 1


def test_lists_tell_what_is_on_hold(cast, program, sign_in, inside):
    held, works = program(cast.agent, name="Held back"), program(cast.manager, name="At work")
    inside(lose_tokens)
    states = {one.pk: one.state for one in inside(lambda: list(all_tokens()))}
    assert states == {held.token.pk: TokenState.ON_HOLD, works.token.pk: TokenState.VALID}
    browser = sign_in(cast.owner)
    for state, shown, other in (
        ("on-hold", "Held back", "At work"),
        ("valid", "At work", "Held back"),
    ):
        page = browser.get(f"{ALL}?state={state}").content.decode()
        assert shown in page
        assert other not in page
    page = browser.get(f"/acme/api/tokens/{held.token.pk}/").content.decode()
    assert "works again once they may" in page
    browser.post(f"/acme/api/tokens/{held.token.pk}/revoke/")
    assert inside(lambda: AccessToken.objects.get(pk=held.token.pk)).revoked_at


def ask_managers_for_a_second_factor(cast):
    terms = {"password_minimum": 10, "role_codes": ["manager"], "sso_only": False}
    change_policy(second_factor=SecondFactor.ANY, grace_days=0, **terms)


def close_account(cast):
    User.objects.filter(pk=cast.manager.user_id).update(is_active=False)


@pytest.mark.parametrize(
    ("stop", "status", "problem", "words"),
    [
        (ask_managers_for_a_second_factor, 403, "second-factor", "set up a second factor"),
        (close_account, 401, "token-invalid", "account is closed"),
    ],
)
def test_lists_tell_of_whatever_stops_a_token(
    cast, program, sign_in, inside, stop, status, problem, words
):
    held, works = program(cast.manager, name="Held back"), program(cast.agent, name="At work")
    inside(lambda: stop(cast))
    answer = held.get("/me")
    assert (answer.status_code, problem_of(answer)) == (status, problem)
    assert works.get("/me").status_code == 200
    browser = sign_in(cast.owner)
    page = browser.get(f"{ALL}?state=valid").content.decode()
    assert "At work" in page
    assert "Held back" not in page
    assert "Held back" in browser.get(f"{ALL}?state=on-hold").content.decode()
    assert words in browser.get(f"/acme/api/tokens/{held.token.pk}/").content.decode()


def test_only_who_answers_for_tokens_turns_the_switch(cast, sign_in):
    browser = sign_in(cast.manager)
    assert browser.post(OFF).status_code == 403
    assert OFF not in browser.get("/acme/api/tokens/").content.decode()
