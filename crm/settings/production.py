"""Behind a TLS proxy: every secret must be given, nothing has an unsafe default."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from crm.encryption.keys import BadKeys, parse
from crm.settings.base import *  # noqa: F403
from crm.settings.base import (
    DATABASES,
    FIELD_KEYS,
    FIELD_KEYS_FILE,
    PROCESS_KIND,
    SILENCED_SYSTEM_CHECKS,
)
from crm.settings.environment import env_bool, env_int, env_secret, env_text

SECRET_KEY = env_secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = [key for key in [env_text("SECRET_KEY_PREVIOUS")] if key]
try:
    parse(FIELD_KEYS or Path(FIELD_KEYS_FILE).read_text(encoding="utf-8"))
except (OSError, BadKeys) as error:
    raise ImproperlyConfigured(
        f"Set FIELD_KEYS or FIELD_KEYS_FILE to the keys of the encrypted columns: {error}"
    ) from None
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
# Asking for the browsers' preload lists binds the whole domain for months: the operator decides.
SECURE_HSTS_PRELOAD = env_bool("SECURE_HSTS_PRELOAD", False)
if not SECURE_HSTS_PRELOAD:
    SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
EMAIL_HOST = env_text("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
if PROCESS_KIND == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": env_int("DATABASE_POOL_SIZE", 16),
        "timeout": 10,
    }
