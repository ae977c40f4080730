from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

OURS = {"crm", "leads", "orders", "payments", "reports"}


class SharingConfig(AppConfig):
    name = "crm.sharing"
    label = "sharing"

    def ready(self) -> None:
        """Load every app's holdings.py, and make transfers approvable."""
        for config in apps.get_app_configs():
            if config.name.split(".")[0] in OURS and module_has_submodule(
                config.module, "holdings"
            ):
                import_module(f"{config.name}.holdings")
        from crm.sharing.holdings import register_shares  # noqa: PLC0415  (needs the models)

        register_shares()
        from crm.sharing.approval_subject import register_transfers  # noqa: PLC0415  (needs models)

        register_transfers()
