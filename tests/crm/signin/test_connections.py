"""Connecting providers in the browser, testing them, and the three workplaces of China."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from django.db import connection as database
from django.test import Client

from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.jobs.services import run
from crm.signin import connections, services
from crm.signin.models import SsoConnection, SsoIdentity
from crm.signin.sso.workplaces import DingTalk, WeCom
from crm.tenancy.context import tenant_context
from tests.crm.signin.conftest import question, user_of

FORM = {"name": "Keycloak", "client_id": "tongzhou", "domains": "acme.test, @Acme.cn", "go": "1"}
FORM |= {"joining": "existing", "is_active": "on", "client_secret": "s3cret of the client"}


def add(client, kind="oidc", **more):
    return client.post(f"/acme/sign-in/providers/add/{kind}/", FORM | more)


def test_a_provider_is_connected_tested_and_its_secret_kept(cast, provider, sign_in):
    owner = sign_in(cast.owner)
    answer = add(owner, issuer=provider.issuer)
    assert answer.status_code == 302
    with tenant_context(cast.organization.id):
        found = SsoConnection.objects.get()
        job = Job.objects.get(name="signin.check_connection")
        assert (found.domains, found.check_state) == (["acme.test", "acme.cn"], "asked")
    run(cast.organization.id, job.pk)
    with tenant_context(cast.organization.id):
        assert SsoConnection.objects.get().check_state == "good"
        with database.cursor() as cursor:
            cursor.execute("SELECT client_secret FROM signin_ssoconnection")
            assert cursor.fetchone()[0].startswith("tz1.")
        actions = set(OperationLog.objects.values_list("action", flat=True))
        details = json.dumps(list(OperationLog.objects.values_list("details", flat=True)))
    assert "signin.provider_connected" in actions
    page = owner.get(answer.headers["Location"]).content.decode()
    assert f"/accounts/sso/acme/{found.pk}/callback/" in page
    form = owner.get(f"/acme/sign-in/providers/{found.pk}/edit/").content.decode()
    for text in (page, form, details):
        assert "s3cret" not in text


def test_an_empty_secret_keeps_the_old_one(cast, provider, sign_in):
    owner = sign_in(cast.owner)
    add(owner, issuer=provider.issuer)
    with tenant_context(cast.organization.id):
        pk = SsoConnection.objects.get().pk
    path = f"/acme/sign-in/providers/{pk}/edit/"
    owner.post(path, FORM | {"issuer": provider.issuer, "client_secret": "", "name": "New"})
    with tenant_context(cast.organization.id):
        found = SsoConnection.objects.get()
        assert (found.name, str(found.client_secret)) == ("New", "s3cret of the client")


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"issuer": "http://login.example.com"}, False),
        ({"issuer": "https://user:pw@login.example.com"}, False),
        ({"issuer": "https://login.example.com/?x=1"}, False),
        ({"issuer": "javascript:alert(1)"}, False),
        ({"issuer": "https://login.example.com", "domains": "not a domain"}, False),
        ({"issuer": "https://login.example.com", "joining": "create"}, False),
        ({"issuer": "https://login.example.com/realms/a"}, True),
    ],
)
def test_what_may_be_entered(cast, sign_in, settings, change, allowed):
    settings.SSO_ALLOW_PRIVATE = False
    answer = add(sign_in(cast.owner), **change)
    assert answer.status_code == (302 if allowed else 422)


def test_another_tenants_role_cannot_be_given(cast, other_cast, sign_in):
    from crm.people.models import Role

    with tenant_context(other_cast.organization.id):
        theirs = Role.objects.get(code="administrator").pk
    more = {"issuer": "https://login.example.com", "joining": "create", "default_role": theirs}
    more["default_department"] = other_cast.departments["east"].pk
    assert add(sign_in(cast.owner), **more).status_code == 422


def test_another_tenants_connection_cannot_be_touched(cast, other_cast, connect, sign_in):
    pk = connect(other_cast).pk
    owner = sign_in(cast.owner)
    for page in ("", "edit/"):
        assert owner.get(f"/acme/sign-in/providers/{pk}/{page}").status_code == 404
    for action in ("check/", "remove/"):
        assert owner.post(f"/acme/sign-in/providers/{pk}/{action}").status_code == 404


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (lambda config: config | {"issuer": "https://evil.example"}, "issuer"),
        (lambda config: {"issuer": config["issuer"]}, "discovery"),
        (lambda config: config | {"code_challenge_methods_supported": ["plain"]}, "pkce"),
        (lambda config: config | {"jwks_uri": config["issuer"] + "/nothing"}, "unreachable"),
        (lambda config: config | {"jwks_uri": config["userinfo_endpoint"]}, "keys"),
    ],
)
def test_what_is_wrong_is_said(cast, provider, connect, lie, reason):
    provider.lie_about_itself = lie
    pk = connect(cast).pk
    found = connections.check_connection(cast.organization.id, connection_id=pk)
    assert found == reason


def test_an_internal_address_is_not_asked(cast, provider, connect, settings):
    settings.SSO_ALLOW_PRIVATE = False
    pk = connect(cast).pk
    assert connections.check_connection(cast.organization.id, connection_id=pk) == "unreachable"
    assert provider.asked == []


def test_the_last_way_in_stays(cast, connect, sign_in):
    pk = connect(cast).pk
    with tenant_context(cast.organization.id):
        services.change_policy(sso_only=True)
        found = SsoConnection.objects.get(pk=pk)
        with pytest.raises(connections.StillNeeded):
            connections.remove_connection(found)
        found.is_active = False
        with pytest.raises(connections.StillNeeded):
            connections.save_connection(found, changed=["is_active"])


# WeCom, DingTalk, Feishu: their documented answers, on a real port


class Workplace(BaseHTTPRequestHandler):
    corp = "corp-1"

    def do_GET(self):
        path = urlsplit(self.path).path
        query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if path == "/wecom/gettoken":
            right = (query["corpid"], query["corpsecret"]) == ("corp-1", "secret")
            self.answer({"errcode": 0, "access_token": "t"} if right else {"errcode": 40001})
        elif path == "/wecom/auth/getuserinfo":
            insider = {"errcode": 0, "userid": "wanglei"}
            self.answer(insider if query["code"] == "good" else {"errcode": 0, "openid": "o"})
        elif path == "/wecom/user/get":
            self.answer({"errcode": 0, "name": "王磊"})
        elif path == "/dingtalk/me":
            self.answer({"openId": "d-1", "nick": "王磊", "email": "agent@acme.test"})
        elif path == "/feishu/me":
            data = {"open_id": "f-1", "name": "王磊", "enterprise_email": "agent@acme.test"}
            self.answer({"code": 0, "data": data | {"email": "owner@acme.test"}})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/dingtalk/token":
            token = {"accessToken": "t", "refreshToken": "r", "expireIn": 7200}
            self.answer(token | {"corpId": type(self).corp})
        elif self.path == "/dingtalk/app":
            self.answer({"accessToken": "t"})
        elif self.path == "/feishu/app":
            self.answer({"code": 0, "app_access_token": "a"})
        elif self.path == "/feishu/token":
            self.answer({"code": 0, "data": {"access_token": "u"}})

    def answer(self, values):
        body = json.dumps(values).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def workplace(monkeypatch, settings):
    settings.SSO_ALLOW_PRIVATE = True
    settings.PUBLIC_URL = "http://testserver"
    handler = type("Bound", (Workplace,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(WeCom, "api_url", f"{base}/wecom")
    monkeypatch.setattr(DingTalk, "app_token_url", f"{base}/dingtalk/app")
    monkeypatch.setattr(DingTalkOAuth2Adapter, "access_token_url", f"{base}/dingtalk/token")
    monkeypatch.setattr(DingTalkOAuth2Adapter, "profile_url", f"{base}/dingtalk/me")
    monkeypatch.setattr(FeishuOAuth2Adapter, "access_token_url", f"{base}/feishu/token")
    monkeypatch.setattr(FeishuOAuth2Adapter, "user_info_url", f"{base}/feishu/me")
    monkeypatch.setattr(FeishuOAuth2Client, "app_access_token_url", f"{base}/feishu/app")
    yield handler
    server.shutdown()
    server.server_close()


def join(cast, kind):
    values = {"name": kind, "kind": kind, "client_id": "app", "client_secret": "secret"}
    with tenant_context(cast.organization.id):
        return SsoConnection.objects.create(
            **values, corp_id="corp-1", agent_id="1000002", is_active=True
        )


def go(client, connection, code="good", **extra):
    start = client.get(f"/accounts/sso/acme/{connection.pk}/", **extra)
    asked = question(start.headers["Location"].partition("#")[0])
    back = f"/accounts/sso/acme/{connection.pk}/callback/"
    name = "authCode" if connection.kind == "dingtalk" else "code"
    return start.headers["Location"], client.get(back, {name: code, "state": asked["state"]})


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_without_a_confirmed_address_the_account_is_linked_by_its_password(
    cast, workplace, enter, kind
):
    connection, client = join(cast, kind), Client()
    address, answer = go(client, connection)
    assert "corp-1" in address
    assert answer.headers["Location"].startswith("/accounts/login/")
    enter(user_of(cast.agent), client, next="/accounts/sso/link/")
    client.post("/accounts/sso/link/")
    with tenant_context(cast.organization.id):
        assert SsoIdentity.objects.get().member_id == cast.agent.pk
    later = Client()
    _address, answer = go(later, connection)
    assert later.get("/acme/leads/").status_code == 200


def test_feishu_takes_the_companys_address_not_the_persons_own(cast, workplace):
    client = Client()
    go(client, join(cast, "feishu"))
    assert int(client.session["_auth_user_id"]) == cast.agent.user_id


def test_inside_wecom_there_is_no_code_to_scan(cast, workplace):
    agent = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/7.0 wxwork/4.1"}
    address, _answer = go(Client(), join(cast, "wecom"), headers=agent)
    assert address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert address.endswith("#wechat_redirect")


def test_people_of_other_companies_stay_out(cast, workplace):
    assert go(Client(), join(cast, "wecom"), code="outsider")[1].status_code == 403
    workplace.corp = "somebody-else"
    assert go(Client(), join(cast, "dingtalk"))[1].status_code == 403


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_their_settings_are_tested_too(cast, workplace, kind):
    pk = join(cast, kind).pk
    assert connections.check_connection(cast.organization.id, connection_id=pk) == ""


def test_a_wrong_secret_of_wecom_is_noticed(cast, workplace):
    connection = join(cast, "wecom")
    with tenant_context(cast.organization.id):
        connection.client_secret = "wrong"
        connection.save()
    found = connections.check_connection(cast.organization.id, connection_id=connection.pk)
    assert found == "refused"


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_each_kind_asks_for_what_it_needs(cast, sign_in, kind):
    owner = sign_in(cast.owner)
    page = owner.get(f"/acme/sign-in/providers/add/{kind}/").content.decode()
    assert ('name="corp_id"' in page) == (kind != "feishu")
    assert 'name="issuer"' not in page
    more = {"corp_id": "c", "agent_id": "1"}
    assert add(owner, kind, **more).status_code == 302
