"""Typed readers for the process environment: the only place that reads it."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}


def env_text(name: str, default: str = "") -> str:
    """The variable's value, or `default` when it is unset or empty."""
    return os.environ.get(name) or default


def env_bool(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on."""
    value = os.environ.get(name)
    return default if value is None or value == "" else value.lower() in TRUE_WORDS


def env_int(name: str, default: int) -> int:
    """A whole number; anything else is an error rather than the default."""
    value = os.environ.get(name)
    return default if not value else int(value)


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated values without blanks."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_secret(name: str, default: str | None = None) -> str:
    """A secret from NAME or from the file named by NAME_FILE; missing is an error."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE")
    return value


def database_from_url(url: str) -> dict[str, Any]:
    """Django's database settings for postgresql://user:password@host:port/name?host=/socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"Only PostgreSQL is supported, not {parts.scheme!r}")
    query = parse_qs(parts.query)
    options = {key: values[-1] for key, values in query.items() if key != "host"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[-1],
        "PORT": str(parts.port or query.get("port", [""])[-1]),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
    }


def redis_urls(url: str) -> dict[str, str]:
    """The three spellings of one broker: Celery's, the cache's and redis-py's own."""
    base = url.rstrip("/")
    if base.startswith("unix://"):
        path = base.removeprefix("unix://")
        return {
            "celery": f"redis+socket://{path}?virtual_host=0",
            "cache": f"unix://{path}?db=2",
            "live": f"unix://{path}?db=0",
        }
    return {"celery": f"{base}/0", "cache": f"{base}/2", "live": f"{base}/0"}
