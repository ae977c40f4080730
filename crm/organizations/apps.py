from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OrganizationsConfig(AppConfig):
    name = "crm.organizations"
    label = "organizations"

    def ready(self) -> None:
        """Load every app's first_steps.py."""
        autodiscover_modules("first_steps")
