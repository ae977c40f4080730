"""Pages are served while the broker is away, and nothing stale comes back with it."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import override_settings

from crm import cache as crm_cache
from crm.embedded.valkey import binary
from tests.support.cast import PASSWORD

CLOSED = "redis://127.0.0.1:1/2"


def patient(location: str) -> dict[str, dict[str, object]]:
    one = {"BACKEND": "crm.cache.PatientRedisCache", "LOCATION": location,
           "OPTIONS": {"socket_timeout": 1}}  # fmt: skip
    return {"default": one, "sessions": one | {"AWAY": "nothing", "KEY_PREFIX": "s"}}


@pytest.fixture
def no_broker():
    crm_cache._outages.clear()
    LocMemCache("away", {}).clear()
    with override_settings(
        CACHES=patient(CLOSED),
        SESSION_ENGINE="django.contrib.sessions.backends.cached_db",
        SESSION_CACHE_ALIAS="sessions",
        ACCOUNT_RATE_LIMITS={"login_failed": "3/5m/key"},
    ):
        yield
    crm_cache._outages.clear()
    LocMemCache("away", {}).clear()  # the failures counted here are not the next test's


def sign_in_by_form(client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_one_can_sign_in_work_and_sign_out_without_the_broker(no_broker, cast, client):
    email = cast.agent.user.email
    assert sign_in_by_form(client, email, PASSWORD).status_code == 302
    assert client.get("/acme/").status_code == 200
    assert client.get("/acme/leads/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/acme/").status_code == 302


def test_guessing_passwords_is_limited_without_the_broker(no_broker, cast, client):
    email = cast.agent.user.email
    for _attempt in range(3):
        sign_in_by_form(client, email, "wrong-password-9")
    assert sign_in_by_form(client, email, PASSWORD).status_code != 302


@pytest.fixture
def valkey():
    """A function that starts a broker of our own, and stops it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tz-"))
    path = folder / "valkey.sock"
    command = [str(binary()), "--port", "0", "--unixsocket", str(path), "--save", ""]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> Path:
        started.append(subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL))
        for _try in range(100):
            if path.exists():
                return path
            time.sleep(0.1)
        raise AssertionError("valkey did not start")

    def stop() -> None:
        for server in started:
            server.terminate()
            server.wait()

    start.stop = stop
    yield start
    stop()
    shutil.rmtree(folder)


def test_what_was_deleted_in_the_brokers_absence_does_not_come_back(valkey, monkeypatch):
    monkeypatch.setattr(crm_cache, "ASK_AGAIN_SECONDS", 0.0)
    with override_settings(CACHES=patient(f"unix://{valkey()}?db=2")):
        store = caches["sessions"]
        store.set("session", "signed in")
        assert store.get("session") == "signed in"
        store.outage.begins()  # it did not answer, and somebody signed out meanwhile
        assert store.get("session") is None
        store.set("session", "again")
        assert store.get("session") == "again"
        valkey.stop()
        assert store.get("session") is None
        assert caches["default"].get("x", "away") == "away"
