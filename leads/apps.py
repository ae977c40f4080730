from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        """Say what a merge does with what points at leads and customers."""
        from leads.merge_rules import register_rules  # noqa: PLC0415  (needs the models)

        register_rules()
