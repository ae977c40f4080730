"""Everything between a running server and the first page, in one process for speed.

Steps are told on standard output, for the supervisor to show; all else goes to the log.
"""

import contextlib
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from crm.embedded.environment import ROOT, read_place, read_secret_files
from crm.embedded.names import DATABASE, SUPERUSER
from crm.embedded.provision import provision


def prepare() -> int:
    """Roles, schema, catalogues, static files, demo data."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.production")
    read_secret_files()
    os.environ["STATEMENT_TIMEOUT_MS"] = "0"
    terminal = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        for title, step in STEPS:
            with _told(title, terminal):
                step()
    return 0


@contextlib.contextmanager
def _told(title: str, terminal: Any) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{title}\t{time.monotonic() - started:.1f}", file=terminal, flush=True)


def make_roles() -> None:
    """Roles and database in the embedded cluster; elsewhere somebody made them."""
    url = os.environ.get("DATABASE_ADMIN_URL")
    if url:
        database = url.replace(f"{SUPERUSER}@/postgres?", f"{SUPERUSER}@/{DATABASE}?")
        provision(superuser_url=url, database_url=database)


def load_application() -> None:
    """Import the application; nothing below works without it."""
    import django  # noqa: PLC0415  (the roles come first)

    django.setup()


def migrate() -> None:
    """Bring the schema up to date, refuse a database that is not safe, offer new permissions."""
    from django.core.management import call_command  # noqa: PLC0415

    from crm.embedded import schema  # noqa: PLC0415
    from crm.encryption.known import note_keys  # noqa: PLC0415
    from crm.people.services import roles as people  # noqa: PLC0415

    schema.migrate()
    note_keys()
    call_command("check", databases=["default"])
    people.sync_all_organizations()


def compile_messages() -> None:
    """Compile the catalogues that changed; gettext's own tools are not needed."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    for source in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        draft = target.with_suffix(".mo.draft")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(target)


def collect_static() -> None:
    """Put the static files under hashed names where the web process finds them."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)


def seed() -> None:
    """Give an empty installation its demo company, where one is wanted."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command, get_commands  # noqa: PLC0415
    from django.db import connections, transaction  # noqa: PLC0415

    from crm.tenancy.models import Organization  # noqa: PLC0415

    wanted = settings.DEMO and os.environ.get("DEMO", "1").lower() not in {"0", "false", "no"}
    if wanted and "seed_demo" in get_commands() and not Organization.objects.exists():
        # All or nothing: half a company would count as one at the next start.
        with transaction.atomic():
            call_command("seed_demo")
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")  # the first pages cannot wait for autovacuum


def note_logins() -> None:
    """Leave the demo logins that work where the supervisor can show them."""
    path = read_place().data / "demo-logins.json"
    path.unlink(missing_ok=True)
    from crm.people.models import User  # noqa: PLC0415

    # Named, not imported: the kernel knows no app.
    offered: list[tuple[str, str, str]] = importlib.import_module("reports.demo").logins()
    known = set(User.objects.filter(email__in=[row[0] for row in offered]).values_list("email"))
    lines = ["  ".join(row) for row in offered if (row[0],) in known]
    if lines:
        path.write_text(json.dumps(lines, ensure_ascii=False))
        path.chmod(0o600)


STEPS: list[tuple[str, Callable[[], None]]] = [
    ("Database roles", make_roles),
    ("Application loaded", load_application),
    ("Database schema", migrate),
    ("Translations", compile_messages),
    ("Static files", collect_static),
    ("Demo data", seed),
    ("Logins", note_logins),
]
