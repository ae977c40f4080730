"""The suite: the application's own database role, fast hashes, mail in memory, no pool."""

from typing import Any

from crm.settings.base import *  # noqa: F403
from crm.settings.base import CELERY_BROKER_URL, STORAGES, TEMPLATES

SECRET_KEY = "not-a-secret-used-by-tests-only"  # noqa: S105
FIELD_KEYS = f"test:{'dGVz' * 10}dGU=,index:{'aW5k' * 10}aW4="
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
_memory: dict[str, Any] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": _memory, "sessions": _memory | {"LOCATION": "sessions"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
ACCOUNT_RATE_LIMITS = {}
LIMITS_ENABLED = False
SIGN_UP_OPEN = True
LIVE_ENABLED = False
CELERY_BROKER_URL = CELERY_BROKER_URL or "memory://"
TEMPLATES[0]["OPTIONS"]["debug"] = True
