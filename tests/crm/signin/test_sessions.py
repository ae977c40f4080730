"""Where somebody is signed in, and ending it from afar."""

import json

from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages

from crm.audit.models import OperationLog
from crm.signin import devices
from crm.tenancy.context import tenant_context
from crm.web import live
from tests.crm.signin.conftest import user_of

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Safari/604"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537 Edg/131.0"


def test_devices_have_names():
    assert devices.name_of(PHONE) == "Safari · iPhone"
    assert devices.name_of(DESK) == "Edge · Windows"
    assert devices.name_of("curl/8") != ""
    assert "10.0.0.1" in devices.place_of("10.0.0.1")
    assert devices.place_of("8.8.8.8") == "8.8.8.8"


def test_the_list_shows_every_device_and_marks_this_one(cast, enter):
    user = user_of(cast.agent)
    phone = enter(user)
    phone.get("/acme/", headers={"User-Agent": PHONE})
    UserSession.objects.update(user_agent=PHONE, ip="10.1.2.3")
    desk = enter(user)
    page = desk.get("/accounts/sessions/").content.decode()
    assert page.index("tz-green") < page.index("Safari · iPhone")
    assert "10.1.2.3" in page
    assert UserSession.objects.filter(user=user).count() == 2


def test_one_session_is_ended_and_dead_at_its_next_request(cast, enter):
    user = user_of(cast.agent)
    phone, desk = enter(user), enter(user)
    pk = UserSession.objects.get(session_key=phone.session.session_key).pk
    desk.post("/accounts/sessions/", {"session": pk})
    assert phone.get("/acme/").status_code == 302
    assert desk.get("/acme/").status_code == 200


def test_all_others_are_ended(cast, enter):
    user = user_of(cast.agent)
    others = [enter(user) for _ in range(3)]
    desk = enter(user)
    desk.post("/accounts/sessions/")
    assert [one.get("/acme/").status_code for one in others] == [302, 302, 302]
    assert desk.get("/acme/").status_code == 200
    with tenant_context(cast.organization.id):
        log = OperationLog.objects.get(action="member.sessions_ended")
    assert log.details["count"] == 3


def test_nobody_ends_the_sessions_of_others(cast, enter):
    theirs, mine = enter(user_of(cast.colleague)), enter(user_of(cast.agent))
    pk = UserSession.objects.get(session_key=theirs.session.session_key).pk
    mine.post("/accounts/sessions/", {"session": pk})
    assert theirs.get("/acme/").status_code == 200


def test_an_administrator_ends_a_members_sessions(cast, enter, sign_in):
    agent = enter(user_of(cast.agent))
    path = f"/acme/sign-in/members/{cast.agent.pk}/end/"
    assert sign_in(cast.manager).post(path).status_code == 403
    assert sign_in(cast.owner).post(path).status_code in (204, 302)
    assert agent.get("/acme/").status_code == 302


def test_the_open_stream_is_told(cast, enter, monkeypatch, django_capture_on_commit_callbacks):
    said = []
    monkeypatch.setattr(
        live, "_send", lambda name, message: said.append((name, json.loads(message)))
    )
    user = user_of(cast.agent)
    phone, desk = enter(user), enter(user)
    key = phone.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("/accounts/sessions/")
    assert (live.session_channel(key), {}) in said
    assert key not in json.dumps(said)


def test_who_signs_in_is_greeted_in_our_words(cast, enter):
    browser = enter(user_of(cast.agent))
    (said,) = (str(one) for one in get_messages(browser.get("/", follow=True).wsgi_request))
    assert said.startswith(("已登录：", "Signed in as "))
