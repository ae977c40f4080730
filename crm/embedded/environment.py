"""Where this installation lives and what its processes are told through the environment."""

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from crm.embedded.process import CommandFailed, wait_until
from crm.encryption.keys import make_file

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "crm.settings.local"
OWNER_ONLY = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


@dataclass(frozen=True)
class Place:
    """What `HOST`, `PORT`, `DATA_DIR`, `DATABASE_URL` and `REDIS_URL` chose."""

    data: Path
    host: str
    port: int
    database_url: str
    owner_url: str
    redis_url: str

    @property
    def address(self) -> str:
        """What a person types into the browser."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.data / "logs"


def read_place(environ: Mapping[str, str] = os.environ) -> Place:
    """Read the place from the environment; a port that is no number is an error."""
    port = environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandFailed(f"PORT must be a number between 1 and 65535, not {port!r}.")
    return Place(
        data=Path(environ.get("DATA_DIR") or ROOT / "var").expanduser().resolve(),
        host=environ.get("HOST") or "127.0.0.1",
        port=int(port),
        database_url=environ.get("DATABASE_URL", ""),
        owner_url=environ.get("DATABASE_OWNER_URL", ""),
        redis_url=environ.get("REDIS_URL", ""),
    )


def check_port(place: Place, *, patience: float = 0) -> None:
    """Refuse a port that somebody listens on, before anything is started."""
    wait_until(lambda: _why_not(place) == "", seconds=patience, every=0.1)
    if reason := _why_not(place):
        raise CommandFailed(
            f"{place.host}:{place.port} cannot be used ({reason})."
            f"\nChoose another one: make run PORT={place.port + 1}"
        )


def _why_not(place: Place) -> str:
    """Why the port cannot be listened on; empty when it can."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def secret_key(data: Path) -> str:
    """The installation's own secret, made once and readable by us only."""
    path = data / "secret_key"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def field_keys(data: Path, environ: Mapping[str, str]) -> None:
    """The keys of the encrypted columns, made once, unless they are given from elsewhere."""
    if not (environ.get("FIELD_KEYS") or environ.get("FIELD_KEYS_FILE")):
        make_file(data / "keys" / "field-keys")


def child_environment(
    place: Place, services: Mapping[str, str], *, kind: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What one process is told; only the preparing one learns of the owner's role."""
    base = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "SECRET_KEY": environ.get("SECRET_KEY") or secret_key(place.data),
    }
    field_keys(place.data, environ)
    told = {
        **base,
        **environ,
        **{name: value for name, value in base.items() if not environ.get(name)},
        **services,
        "DATA_DIR": str(place.data),
        "HOST": place.host,
        "PORT": str(place.port),
        "PROCESS_KIND": kind,
        "PYTHONUNBUFFERED": "1",
    }
    if kind == "worker":
        # On one machine a starting worker knows that no other holds a job.
        told["ONLY_WORKER"] = "1"
    if kind != "prepare":
        for name in OWNER_ONLY:
            told.pop(name, None)
    return told


def with_password(url: str, password: str) -> str:
    """The same address with the password filled in."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc))


def read_secret_files() -> None:
    """Fill NAME from NAME_FILE, and passwords kept in files into the database addresses."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        if path := os.environ.get(f"{name}_FILE"):
            os.environ[name] = Path(path).read_text().strip()
        if path := os.environ.get(f"{name}_PASSWORD_FILE"):
            os.environ[name] = with_password(os.environ[name], Path(path).read_text().strip())


def remember(place: Place, services: Mapping[str, str]) -> None:
    """Let `manage.py` find the servers of the running installation."""
    path = place.data / "services.json"
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(dict(services), file)


def forget(place: Place) -> None:
    """The servers are gone."""
    (place.data / "services.json").unlink(missing_ok=True)


def adopt_running() -> None:
    """Give this process the addresses of the running installation, unless it has its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if os.environ.get("DATABASE_URL"):
        return
    place = read_place()
    with contextlib.suppress(OSError, ValueError):
        services: dict[str, str] = json.loads((place.data / "services.json").read_text())
        os.environ.update(services)
        os.environ.setdefault("SECRET_KEY", secret_key(place.data))
