from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        """Make orders approvable, and show them beside customers and deals."""
        from orders.approval_subject import register_orders  # noqa: PLC0415  (needs the models)
        from orders.case_source import register_source  # noqa: PLC0415  (needs the models)
        from orders.merge_rules import register_rules  # noqa: PLC0415  (needs the models)
        from orders.record_panels import register_panels  # noqa: PLC0415  (needs the models)

        register_orders()
        register_panels()
        register_rules()
        register_source()
