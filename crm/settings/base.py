"""What is the same everywhere. The environment is read here, once, by typed helpers."""

from pathlib import Path
from typing import Any

import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm.settings.environment import (
    database_from_url,
    env_bool,
    env_int,
    env_list,
    env_text,
    redis_urls,
)

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env_text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "crm.urls"
TENANT_URLCONF = "crm.tenant_urls"
ASGI_APPLICATION = "crm.asgi.application"
WSGI_APPLICATION = "crm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# crm.access.policy asks the grant tables itself, per record and in SQL
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

INSTALLED_APPS = [
    "crm.tenancy",
    "crm.encryption",
    "crm.people",
    "crm.access",
    "crm.audit",
    "crm.jobs",
    "crm.files",
    "crm.organizations",
    "crm.signin",
    "crm.approvals",
    "crm.teamwork",
    "crm.sharing",
    "crm.integrations",
    "crm.web",
    "leads",
    "orders",
    "payments",
    "reports",
    "pgtrigger",
    "pghistory",
    "guardian",
    "template_partials",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "crm.integrations.door.ApiDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.signin.middleware.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.people.middleware.PreferencesMiddleware",
    "crm.tenancy.middleware.TenantMiddleware",
    "crm.audit.middleware.ViewLogMiddleware",
    "crm.signin.middleware.SignInGate",
    "leads.middleware.FollowMerges",
    "crm.web.once.OnceMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.web.context_processors.frame",
            ],
            "builtins": ["crm.web.templatetags.tongzhou"],
        },
    }
]

# Database: `default` is the application's own role, `owner` is used by migrations only.
POSTGRES = database_from_url(
    env_text("DATABASE_URL", "postgresql://crm_app@/tongzhou?host=/tmp")  # noqa: S108
)
POSTGRES_OWNER = database_from_url(
    env_text("DATABASE_OWNER_URL", "postgresql://crm_owner@/tongzhou?host=/tmp")  # noqa: S108
)
STATEMENT_TIMEOUT_MS = env_int("STATEMENT_TIMEOUT_MS", 15_000)
PROCESS_KIND = env_text("PROCESS_KIND", "shell")


def connection_options(*, statement_timeout_ms: int) -> str:
    """libpq options that bound how long one process may hold the database.

    The page cost is that of memory and flash: with a disk's, the planner reads the latest rows of
    all tenants by primary key to find one tenant's, instead of using the tenant's own index.
    """
    return (
        f"-c statement_timeout={statement_timeout_ms}"
        f" -c lock_timeout={min(statement_timeout_ms, 5_000) if statement_timeout_ms else 0}"
        " -c idle_in_transaction_session_timeout=60000"
        " -c random_page_cost=1.1"
    )


POSTGRES["OPTIONS"] |= {
    "application_name": f"tongzhou-{PROCESS_KIND}",
    "options": connection_options(statement_timeout_ms=STATEMENT_TIMEOUT_MS),
}
DATABASES: dict[str, dict[str, Any]] = {"default": POSTGRES, "owner": POSTGRES_OWNER}
DATABASE_ROUTERS = ["crm.tenancy.routers.OwnerMigrates"]

# Encrypted columns: the keys themselves, or the file that holds them (crm.encryption)
FIELD_KEYS = env_text("FIELD_KEYS")
FIELD_KEYS_FILE = env_text("FIELD_KEYS_FILE", str(DATA_DIR / "keys" / "field-keys"))
# Heads of the operation log, outside the database (crm.audit.anchors)
AUDIT_ANCHORS_FILE = env_text("AUDIT_ANCHORS_FILE", str(DATA_DIR / "audit" / "anchors.jsonl"))

REDIS_URL = env_text("REDIS_URL", "redis://127.0.0.1:6379")
_redis = redis_urls(REDIS_URL)
LIVE_REDIS_URL = _redis["live"]
_cache: dict[str, Any] = {
    "BACKEND": "crm.cache.PatientRedisCache",
    "LOCATION": _redis["cache"],
    "OPTIONS": {"socket_timeout": 1},
}
CACHES: dict[str, dict[str, Any]] = {
    "default": _cache | {"KEY_PREFIX": "tongzhou"},
    # no copies of sessions in a process's memory: another process may end them
    "sessions": _cache | {"KEY_PREFIX": "tongzhou-session", "AWAY": "nothing"},
}
SESSION_CACHE_ALIAS = "sessions"
CELERY_BROKER_URL = _redis["celery"]

# Sign-in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "crm.signin.validators.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "crm.signin.validators.NotOurNames"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crm.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS: dict[str, str] = {
    "login": "30/m/ip",
    # passwords and codes: five in five minutes and thirty in a day lock the address
    "login_failed": "10/m/ip,5/5m/key,30/d/key",
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "10/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "crm.signin.account_forms.LoginForm",
    "reset_password": "crm.signin.account_forms.AskResetForm",
    "change_password": "crm.signin.account_forms.ChangePasswordForm",
    "set_password": "crm.signin.account_forms.SetPasswordForm",
    "reset_password_from_key": "crm.signin.account_forms.ResetPasswordKeyForm",
}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
SOCIALACCOUNT_ADAPTER = "crm.signin.adapters.SocialAccountAdapter"
SSO_ALLOW_PRIVATE = env_bool("SSO_ALLOW_PRIVATE", False)
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "crm.signin.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "crm.signin.account_forms.CodeForm",
    "reauthenticate": "crm.signin.account_forms.CodeAgainForm",
    "activate_totp": "crm.signin.account_forms.ActivateAppForm",
    "add_webauthn": "crm.signin.account_forms.AddPasskeyForm",
    "edit_webauthn": "crm.signin.account_forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# a passkey signs in alone: the device must have asked for a finger, a face or a PIN
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_TOTP_ISSUER = "Tongzhou"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "crm.web.platform_views.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# History is written by triggers; who and why travel in one JSON setting (crm.tenancy.context).
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_text("TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_BYTES", 50 * 1024 * 1024)
FILE_UPLOAD_TEMP_DIR = None

# What one access token may ask of the API in a minute
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 300)

# Organisations: may anybody found one; counted limits on what strangers may ask
SIGN_UP_OPEN = env_bool("SIGN_UP_OPEN", False)
EMAIL_TIMEOUT = 10
# An operator of the platform proves again who it is after this long
OPERATOR_SESSION_SECONDS = env_int("OPERATOR_SESSION_SECONDS", 30 * 60)

# Mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# Where people reach the product: links in mails begin with it, never with what a request claims.
PUBLIC_URL = env_text("PUBLIC_URL", f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", "Tongzhou <noreply@localhost>")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "crm.logs.Formatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"level": env_text("LOG_LEVEL", "WARNING")},
        # at DEBUG it writes every query with the values in it
        "django.db.backends": {"level": "WARNING"},
        "tongzhou": {"level": env_text("LOG_LEVEL", "INFO")},
    },
}
DEMO = env_bool("DEMO", False)
