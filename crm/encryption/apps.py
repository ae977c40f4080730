from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "crm.encryption"
    label = "encryption"

    def ready(self) -> None:
        from crm.encryption import checks  # noqa: F401, PLC0415  (registers the system checks)
