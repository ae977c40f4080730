from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IntegrationsConfig(AppConfig):
    name = "crm.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Load every app's integrations.py."""
        autodiscover_modules("integrations")
