"""Which addresses this server asks on somebody's word."""

import pytest

from crm.signin.outgoing import GuardedSession, Refused, is_public
from crm.signin.sso.oidc import ask_json
from crm.signin.sso.terms import SignInFailed

INTERNAL = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address that must be refused
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
]


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1"])
def test_an_address_of_the_internet_is(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_this_machine_is_not_asked(host, settings):
    settings.SSO_ALLOW_PRIVATE = False
    with GuardedSession() as session, pytest.raises(Refused):
        session.get(f"https://{host}:9/")


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/"])
def test_only_https_is_asked(url, settings):
    settings.SSO_ALLOW_PRIVATE = False
    with GuardedSession() as session, pytest.raises(Refused):
        session.get(url)


def test_a_second_answer_of_the_dns_changes_nothing(settings, monkeypatch):
    """The name is public when checked and internal a moment later: it is resolved once."""
    settings.SSO_ALLOW_PRIVATE = False
    asked = []

    def resolve(host, port, **more):
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    reached = []

    def dial(address, timeout):
        reached.append(address[0])
        raise OSError

    monkeypatch.setattr("crm.signin.outgoing.socket.getaddrinfo", resolve)
    monkeypatch.setattr("crm.signin.outgoing.socket.create_connection", dial)
    with GuardedSession() as session, pytest.raises(Refused):
        session.get("https://rebind.example/")
    assert (asked, reached) == (["rebind.example"], ["8.8.8.8"])


def test_one_internal_address_among_several_is_too_many(settings, monkeypatch):
    settings.SSO_ALLOW_PRIVATE = False
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("crm.signin.outgoing.socket.getaddrinfo", lambda *a, **k: found)
    with GuardedSession() as session, pytest.raises(Refused):
        session.get("https://both.example/")


@pytest.mark.parametrize("path", ["/redirect", "/long"])
def test_redirects_and_long_answers_are_refused(provider, path):
    with pytest.raises(SignInFailed, match="unreachable"):
        ask_json("GET", f"{provider.issuer}{path}")


def test_proxies_of_the_environment_are_not_used(provider, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert ask_json("GET", f"{provider.issuer}/keys")["keys"]
