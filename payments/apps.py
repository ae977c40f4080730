from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from orders.models import Order


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """An approved order gets its payment plan, a cancelled one loses it; pages show both."""
        from leads import payer_sources  # noqa: PLC0415  (the source needs the models)
        from orders import hooks  # noqa: PLC0415  (models need the app registry)
        from payments.merge_rules import register_rules  # noqa: PLC0415  (needs the models)
        from payments.record_panels import register_panels  # noqa: PLC0415  (needs the models)
        from payments.selectors.one_payer import with_one_account  # noqa: PLC0415  (needs models)

        payer_sources.register(with_one_account)
        register_panels()
        register_rules()
        hooks.on_order_approved(plan_for)
        hooks.on_order_cancelled(no_plan_for)


def plan_for(order: "Order") -> None:
    """Listener of approvals: the caller has saved the order in this transaction."""
    from payments.services import plans  # noqa: PLC0415  (models need the app registry)

    plans.create_plan(order_id=order.pk)


def no_plan_for(order: "Order") -> None:
    """Listener of cancellations."""
    from payments.services import plans  # noqa: PLC0415  (models need the app registry)

    plans.drop_plan(order_id=order.pk)
