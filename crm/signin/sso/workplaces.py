"""WeCom, DingTalk and Feishu. Allauth has clients of the last two; of WeCom only WeChat's."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from allauth.socialaccount.providers.dingtalk.client import DingTalkOAuth2Client
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest

from crm.signin.sso.oidc import LONGEST_SUBJECT, ask_json
from crm.signin.sso.terms import Claimed, Facts, Journey, SignInFailed


@dataclass(frozen=True)
class WeCom:
    """企业微信: a code on the screen, or straight away inside its own browser."""

    facts: Facts
    scan_url = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    inside_url = "https://open.weixin.qq.com/connect/oauth2/authorize"
    api_url = "https://qyapi.weixin.qq.com/cgi-bin"

    def authorize_url(self, request: HttpRequest, journey: Journey) -> str:
        values = {
            "appid": self.facts.corp_id,
            "agentid": self.facts.agent_id,
            "redirect_uri": journey.redirect_uri,
            "state": journey.state,
        }
        if "wxwork" in request.headers.get("User-Agent", "").lower():
            values |= {"response_type": "code", "scope": "snsapi_base"}
            return f"{self.inside_url}?{urlencode(values)}#wechat_redirect"
        return f"{self.scan_url}?{urlencode({'login_type': 'CorpApp', **values})}"

    def claim(self, request: HttpRequest, journey: Journey, code: str) -> Claimed:
        access = self.access_token()
        found = self.ask("auth/getuserinfo", access_token=access, code=code)
        userid = found.get("userid") or found.get("UserId")
        if not userid:
            raise SignInFailed("outsider")
        try:
            name = str(self.ask("user/get", access_token=access, userid=userid).get("name", ""))
        except SignInFailed:
            name = ""  # the app may not read the directory
        return Claimed(subject=subject(userid), name=name[:80])

    def check(self) -> None:
        self.access_token()

    def access_token(self) -> str:
        """The app's own token: proves corp ID and secret."""
        values = {"corpid": self.facts.corp_id, "corpsecret": self.facts.client_secret}
        return str(self.ask("gettoken", **values).get("access_token", ""))

    def ask(self, path: str, **values: str) -> dict[str, Any]:
        answer = ask_json("GET", f"{self.api_url}/{path}", params=values)
        if answer.get("errcode") != 0:
            raise SignInFailed("refused", f"{answer.get('errcode')}")
        return answer


@dataclass(frozen=True)
class DingTalk:
    """钉钉: anybody with the app can come; only people of the organisation's corp ID may."""

    facts: Facts
    app_token_url = "https://api.dingtalk.com/v1.0/oauth2/accessToken"  # noqa: S105 - an address

    def client(self, request: HttpRequest, redirect_uri: str) -> DingTalkOAuth2Client:
        url = DingTalkOAuth2Adapter.access_token_url
        facts = self.facts
        return DingTalkOAuth2Client(
            request, facts.client_id, facts.client_secret, "POST", url, redirect_uri
        )

    def authorize_url(self, request: HttpRequest, journey: Journey) -> str:
        client = self.client(request, journey.redirect_uri)
        client.state = journey.state
        more = {"prompt": "consent", "corpId": self.facts.corp_id}
        url = client.get_redirect_url(DingTalkOAuth2Adapter.authorize_url, ["openid corpid"], more)
        return str(url)

    def claim(self, request: HttpRequest, journey: Journey, code: str) -> Claimed:
        client = self.client(request, journey.redirect_uri)
        token = redeemed(client, code)
        if token.get("corpId") != self.facts.corp_id:
            raise SignInFailed("outsider")
        headers = {"x-acs-dingtalk-access-token": str(token["access_token"])}
        found = ask_json("GET", DingTalkOAuth2Adapter.profile_url, headers=headers)
        # the address there is the person's own entry, vouched for by nobody
        email = str(found.get("email") or "").strip().lower()
        subject_ = subject(found.get("openId"))
        return Claimed(subject=subject_, name=str(found.get("nick", ""))[:80], email=email)

    def check(self) -> None:
        form = {"appKey": self.facts.client_id, "appSecret": self.facts.client_secret}
        if not ask_json("POST", self.app_token_url, json=form).get("accessToken"):
            raise SignInFailed("refused")


@dataclass(frozen=True)
class Feishu:
    """飞书: an app of the organisation's own, which nobody else can use."""

    facts: Facts

    def client(self, request: HttpRequest, redirect_uri: str) -> FeishuOAuth2Client:
        url = FeishuOAuth2Adapter.access_token_url
        facts = self.facts
        return FeishuOAuth2Client(
            request, facts.client_id, facts.client_secret, "POST", url, redirect_uri
        )

    def authorize_url(self, request: HttpRequest, journey: Journey) -> str:
        client = self.client(request, journey.redirect_uri)
        client.state = journey.state
        return str(client.get_redirect_url(FeishuOAuth2Adapter.authorization_url, [], {}))

    def claim(self, request: HttpRequest, journey: Journey, code: str) -> Claimed:
        token = redeemed(self.client(request, journey.redirect_uri), code)
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = ask_json("GET", FeishuOAuth2Adapter.user_info_url, headers=headers)
        found = answer.get("data")
        if answer.get("code") != 0 or not isinstance(found, dict):
            raise SignInFailed("refused", str(answer.get("code")))
        # the company's mailbox is given by the company; the other address by the person
        email = str(found.get("enterprise_email") or "").strip().lower()
        name = str(found.get("name", ""))[:80]
        return Claimed(subject(found.get("open_id")), name, email, is_email_verified=bool(email))

    def check(self) -> None:
        form = {"app_id": self.facts.client_id, "app_secret": self.facts.client_secret}
        answer = ask_json("POST", FeishuOAuth2Client.app_access_token_url, json=form)
        if answer.get("code") != 0:
            raise SignInFailed("refused", str(answer.get("code")))


def redeemed(client: Any, code: str) -> dict[str, Any]:
    """The person's token, by allauth's client."""
    try:
        token: dict[str, Any] = client.get_access_token(code)
    except OAuth2Error as error:
        raise SignInFailed("refused") from error
    except (requests.RequestException, KeyError, ValueError) as error:
        raise SignInFailed("unreachable", type(error).__name__) from error
    return token


def subject(value: Any) -> str:
    """The provider's own name for the person."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT:
        raise SignInFailed("token", "subject")
    return value
