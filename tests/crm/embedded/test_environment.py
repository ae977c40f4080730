"""Where an installation lives and what its processes are told."""

import socket
from pathlib import Path

import pytest

from crm.embedded import environment
from crm.embedded.environment import Place
from crm.embedded.process import CommandFailed

SERVICES = {
    "DATABASE_URL": "postgresql://crm_app@/tongzhou?host=/s",
    "DATABASE_OWNER_URL": "postgresql://crm_owner@/tongzhou?host=/s",
    "DATABASE_ADMIN_URL": "postgresql://postgres@/postgres?host=/s",
    "REDIS_URL": "unix:///s/valkey.sock",
}


def place(data: Path, *, host: str = "127.0.0.1", port: int = 8000) -> Place:
    return Place(data, host, port, database_url="", owner_url="", redis_url="")


def test_an_empty_environment_means_the_loopback_address_and_var() -> None:
    found = environment.read_place({})

    assert found.address == "http://127.0.0.1:8000/"
    assert found.data == environment.ROOT / "var"
    assert (found.database_url, found.redis_url) == ("", "")


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "80 "])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CommandFailed, match="PORT must be a number"):
        environment.read_place({"PORT": port})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104 - never listened on here
        ("::1", "http://[::1]:8000/"),
        ("crm", "http://crm:8000/"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    assert place(Path("/"), host=host).address == address


def test_a_port_that_somebody_listens_on_is_refused_with_another_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandFailed, match=f"make run PORT={port + 1}"):
            environment.check_port(place(tmp_path, port=port))
    environment.check_port(place(tmp_path, port=port))


def test_the_secret_is_made_once_and_for_us_only(tmp_path: Path) -> None:
    first = environment.secret_key(tmp_path)

    assert len(first) >= 50
    assert environment.secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["web", "worker", "beat"])
def test_only_the_preparing_process_is_told_of_other_roles(tmp_path: Path, kind: str) -> None:
    told = environment.child_environment(place(tmp_path), SERVICES, kind=kind, environ=SERVICES)
    preparing = environment.child_environment(place(tmp_path), SERVICES, kind="prepare", environ={})

    assert not set(told) & set(environment.OWNER_ONLY)
    assert told["PROCESS_KIND"] == kind
    assert set(preparing) > set(environment.OWNER_ONLY)


def test_what_a_person_sets_wins_over_what_is_made_up(tmp_path: Path) -> None:
    chosen = {"SECRET_KEY": "mine", "DJANGO_SETTINGS_MODULE": "crm.settings.production"}
    told = environment.child_environment(place(tmp_path), SERVICES, kind="web", environ=chosen)

    assert {name: told[name] for name in chosen} == chosen
    assert not (tmp_path / "secret_key").exists()


def test_passwords_in_files_are_filled_into_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("a/b@c\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://crm_app@postgres:5432/tongzhou")
    monkeypatch.setenv("DATABASE_URL_PASSWORD_FILE", str(tmp_path / "password"))
    environment.read_secret_files()

    expected = "postgresql://crm_app:a%2Fb%40c@postgres:5432/tongzhou"
    assert environment.os.environ["DATABASE_URL"] == expected
