from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "crm.signin"
    label = "signin"

    def ready(self) -> None:
        from crm.signin import signals, tasks  # noqa: F401, PLC0415  (need the app registry)
