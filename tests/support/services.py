"""Loaded with `-p` before anything reads the settings: they take their addresses from here."""

import os

from crm.embedded.testing import ensure_services
from crm.web.catalogue import compile_catalogue

os.environ.update(ensure_services())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.test")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the test thread
compile_catalogue()
