from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class JobsConfig(AppConfig):
    name = "crm.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register every app's tasks.py and chores.py."""
        for config in apps.get_app_configs():
            top = config.name.split(".")[0]
            if top not in {"crm", "leads", "orders", "payments", "reports"}:
                continue
            for shelf in ("tasks", "chores"):
                if module_has_submodule(config.module, shelf):
                    import_module(f"{config.name}.{shelf}")
