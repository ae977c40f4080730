from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "crm.audit"
    label = "audit"

    def ready(self) -> None:
        from crm.audit import triggers  # noqa: PLC0415  (needs the app registry)

        post_migrate.connect(triggers.install_after_migrate, dispatch_uid="audit.triggers")
