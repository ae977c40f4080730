"""`make run`: one machine, embedded services, plain HTTP on the loopback address."""

from crm.settings.base import *  # noqa: F403
from crm.settings.base import DATA_DIR, DATABASES, PROCESS_KIND
from crm.settings.environment import env_bool, env_secret, env_text

SECRET_KEY = env_secret("SECRET_KEY", "only-for-local-commands-without-a-running-server")
DEBUG = env_bool("DEBUG", False)
ALLOWED_HOSTS = ["*"]
DEMO = True
SIGN_UP_OPEN = env_bool("SIGN_UP_OPEN", True)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
PUBLIC_URL = env_text("PUBLIC_URL", f"http://localhost:{env_text('PORT', '8000')}").rstrip("/")
# passkeys on http://localhost
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
SSO_ALLOW_PRIVATE = env_bool("SSO_ALLOW_PRIVATE", True)
if PROCESS_KIND == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 12, "timeout": 10}
