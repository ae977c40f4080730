"""The SQL for a server of one's own gives the same rights as the embedded installation."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crm.embedded.external import NotEnoughRights, adopt
from crm.embedded.postgres import SUPERUSER, Postgres
from crm.embedded.provision import provision

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
RIGHTS = """
select defaclobjtype::text, array_to_string(defaclacl, ' ') from pg_default_acl order by 1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A cluster without our roles. Its socket needs a short path."""
    home = tmp_path_factory.mktemp("cluster")
    postgres = Postgres(home / "data", _short(home), home / "postgres.log", durable=False)
    postgres.start()
    yield postgres
    postgres.stop(fast=False)


def _short(home: Path) -> Path:
    from crm.embedded.sockets import socket_folder

    return socket_folder(home)


@pytest.fixture
def administrator(server: Postgres) -> Iterator[str]:
    """An empty database and no roles of ours, before and after each test."""
    url = server.url(user=SUPERUSER, database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create database one")
    yield server.url(user=SUPERUSER, database="one")
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("one", "tongzhou"):
            connection.execute(f"drop database if exists {name} with (force)")
        connection.execute("drop role if exists crm_owner, crm_app, clerk")


def as_role(url: str, role: str) -> str:
    return url.replace(f"//{SUPERUSER}@", f"//{role}@")


def rights(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute(RIGHTS).fetchall()


def build_and_use(*, owner_url: str, app_url: str) -> tuple[bool, bool]:
    """Whether the application may write rows into a table of the owner, and make its own."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("create table thing (id bigint generated always as identity, name text)")
    with psycopg.connect(app_url, autocommit=True) as app:
        app.execute("insert into thing (name) values ('华为')")
        writes = app.execute("select count(*) from thing").fetchone() == (1,)
        try:
            app.execute("create table own ()")
        except psycopg.errors.InsufficientPrivilege:
            return writes, False
        return writes, True


def test_the_sql_file_gives_the_same_rights_as_the_embedded_installation(
    server: Postgres, administrator: str
) -> None:
    done = subprocess.run(
        [server.bin / "psql", "-X", "-v", "owner_password=o'1", "-v", "app_password=a", "-d"]
        + [administrator, "-f", ROOT / "docker" / "postgres" / "roles.sql"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    by_hand = rights(administrator)
    used = build_and_use(
        owner_url=as_role(administrator, "crm_owner"),
        app_url=as_role(administrator, "crm_app"),
    )
    provision(
        superuser_url=server.url(user=SUPERUSER, database="postgres"),
        database_url=server.url(user=SUPERUSER, database="tongzhou"),
    )

    assert used == (True, False)
    assert by_hand == rights(server.url(user=SUPERUSER, database="tongzhou"))


def test_an_administrators_address_alone_is_enough(administrator: str, tmp_path: Path) -> None:
    first = adopt(url=administrator, data=tmp_path)
    again = adopt(url=administrator, data=tmp_path)

    assert first == again
    assert (tmp_path / "database-passwords.json").stat().st_mode & 0o777 == 0o600
    assert build_and_use(owner_url=first["DATABASE_OWNER_URL"], app_url=first["DATABASE_URL"]) == (
        True,
        False,
    )


def test_a_role_that_may_create_roles_is_enough(administrator: str, tmp_path: Path) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute("create role clerk login createrole")
        connection.execute("alter database one owner to clerk")
    adopted = adopt(url=as_role(administrator, "clerk"), data=tmp_path)

    assert build_and_use(
        owner_url=adopted["DATABASE_OWNER_URL"], app_url=adopted["DATABASE_URL"]
    ) == (True, False)


def test_an_ordinary_role_alone_is_refused_with_advice(administrator: str, tmp_path: Path) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute("create role clerk login")
    with pytest.raises(NotEnoughRights, match="DATABASE_OWNER_URL"):
        adopt(url=as_role(administrator, "clerk"), data=tmp_path)
