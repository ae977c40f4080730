from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class AccessConfig(AppConfig):
    name = "crm.access"
    label = "access"

    def ready(self) -> None:
        """Load every app's permissions.py, so that names are known before a view declares one."""
        for config in apps.get_app_configs():
            if config.name.split(".")[0] in {"crm", "leads", "orders", "payments", "reports"} and (
                module_has_submodule(config.module, "permissions")
            ):
                import_module(f"{config.name}.permissions")
        import_module("crm.access.signals")
