"""One template database per state of the migrations, cloned for every test process.

Tests connect as crm_app, the application's own role: not owner, not superuser, so row-level
security is tested by every test.
"""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from crm.embedded import schema

ROOT = Path(__file__).resolve().parents[2]
# No person or organisation has the number that a test makes up: those are small.
LATER_IDS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
                  coalesce(last_value, 0) + 5000)
    FROM pg_sequences WHERE schemaname = 'public' AND sequencename ~ '^(people|tenancy)_'
"""
_clones = 0


def schema_fingerprint() -> str:
    """Changes whenever a migration or the tenancy mechanism does."""
    mechanisms = ("crm/tenancy/schema.py", "crm/audit/triggers.py", "tests/support/database.py")
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in mechanisms))
    for path in sorted(ROOT.glob("**/migrations/*.py")):
        if ".venv" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def admin_connection() -> psycopg.Connection:
    """The owner's connection to the maintenance database: it may create databases."""
    owner = settings.DATABASES["owner"]
    return psycopg.connect(
        dbname="postgres",
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
        autocommit=True,
    )


def use_database(name: str) -> None:
    """Point both of Django's connections at this database."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def exists(admin: psycopg.Connection, name: str) -> bool:
    found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def build_template() -> str:
    """Migrate the template once; other test processes wait for it."""
    name = f"tongzhou_template_{schema_fingerprint()}"
    lock = Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}.lock"
    with lock.open("wb") as held, admin_connection() as admin:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not exists(admin, name):
            draft = f"{name}_draft"
            admin.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{draft}"')
            use_database(draft)
            schema.migrate(verbosity=0)
            with connections["owner"].cursor() as cursor:
                cursor.execute(LATER_IDS)
            for alias in ("default", "owner"):
                connections[alias].close()
            admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def clone(template: str, name: str) -> None:
    """A fresh database with the template's tables: 1,700 files, so a second or more."""
    drop(name)
    with admin_connection() as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    use_database(name)
    global _clones  # noqa: PLW0603  a process uses one after the other
    _clones += 1


def generation() -> int:
    """Which clone the tests of this process use now; a new one begins with its ids anew."""
    return _clones


def drop(name: str) -> None:
    """Remove a test database, whoever is still connected: a test that failed leaves threads."""
    for alias in ("default", "owner"):
        connections[alias].close()
    url = os.environ.get("DATABASE_ADMIN_URL")
    with psycopg.connect(url, autocommit=True) if url else admin_connection() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
