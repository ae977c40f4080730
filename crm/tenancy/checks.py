"""Refuse to start where the tenants would not be safe."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.db.utils import OperationalError

ROLE_QUERY = """
    SELECT r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE c.relowner = r.oid AND n.nspname = 'public' AND c.relkind = 'r'),
           (SELECT pg_encoding_to_char(encoding) || '/' || datctype FROM pg_database
            WHERE datname = current_database())
    FROM pg_roles r WHERE r.rolname = current_user
"""


def role_errors(
    is_superuser: bool, bypasses: bool, owns_tables: bool, locale: str
) -> list[CheckMessage]:
    """What is wrong with the application's role and the database's locale, if anything."""
    errors: list[CheckMessage] = []
    if is_superuser or bypasses:
        errors.append(
            Error(
                "The application's database role may bypass row-level security.",
                hint="Connect as a role with NOSUPERUSER and NOBYPASSRLS.",
                id="tenancy.E001",
            )
        )
    if owns_tables:
        errors.append(
            Error(
                "The application's database role owns tables.",
                hint="Let crm_owner own the tables and run the migrations.",
                id="tenancy.E002",
            )
        )
    encoding, _, ctype = locale.partition("/")
    if encoding != "UTF8" or ctype.replace("-", "").lower().rpartition(".")[2] != "utf8":
        errors.append(
            Error(
                f"The database's encoding and LC_CTYPE are {locale}: Chinese search finds nothing.",
                hint="Create the cluster with initdb --encoding=UTF8 --locale=C.UTF-8.",
                id="tenancy.E003",
            )
        )
    return errors


@register(Tags.database)
def check_database_role(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `check --database default` before any process serves."""
    if not databases or "default" not in databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(ROLE_QUERY)
            row = cursor.fetchone()
    except OperationalError as error:
        return [Error(f"The database cannot be reached: {error}", id="tenancy.E000")]
    return role_errors(*row) if row else []


@register()
def check_tenant_urlconf(**kwargs: Any) -> list[CheckMessage]:
    """The tenants' pages have a URL configuration of their own."""
    if getattr(settings, "TENANT_URLCONF", None):
        return []
    return [Error("TENANT_URLCONF is not set.", id="tenancy.E004")]
