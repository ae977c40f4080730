from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        """Make orders approvable."""
        from orders.approval_subject import register_orders  # noqa: PLC0415  (needs the models)

        register_orders()
