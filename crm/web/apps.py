from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WebConfig(AppConfig):
    name = "crm.web"
    label = "web"

    def ready(self) -> None:
        """Load every app's navigation.py and search_providers.py."""
        autodiscover_modules("navigation", "search_providers")
