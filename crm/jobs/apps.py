from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class JobsConfig(AppConfig):
    name = "crm.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register every app's tasks.py."""
        for config in apps.get_app_configs():
            top = config.name.split(".")[0]
            if top in {"crm", "leads", "orders", "payments", "reports"} and module_has_submodule(
                config.module, "tasks"
            ):
                import_module(f"{config.name}.tasks")
