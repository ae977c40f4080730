from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        """Say what a merge does with leads and customers, and what decided cases gave away."""
        from crm.sharing import hooks  # noqa: PLC0415  (needs the models)
        from crm.sharing.selectors import commission  # noqa: PLC0415  (the same)
        from leads.merge_rules import register_rules  # noqa: PLC0415  (needs the models)
        from leads.selectors.case_commission import changes_by_cases  # noqa: PLC0415  (the same)
        from leads.selectors.splits import parts_of  # noqa: PLC0415  (the same)
        from leads.services import splits  # noqa: PLC0415  (the same)

        register_rules()
        commission.register_source(changes_by_cases)
        commission.register_parts(parts_of)
        hooks.on_shared(splits.follow)
