from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "crm.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from crm.tenancy import checks, schema  # noqa: F401, PLC0415  (needs the app registry)

        post_migrate.connect(schema.apply_after_migrate, dispatch_uid="tenancy.schema")
