"""An order's way through approval, and what the decision does to it."""

from django.db import transaction
from django_fsm import TransitionNotAllowed

from crm.approvals import services as approvals
from crm.approvals.models import Run
from crm.audit import services as audit
from crm.people.models import Member
from orders import hooks
from orders.enums import VersionReason
from orders.errors import (
    EmptyOrder,
    NotInApproval,
    OrderNotEditable,
    StaleDocument,
    WrongState,
)
from orders.models import Order
from orders.services.editing import locked_order
from orders.services.versions import keep_version


@transaction.atomic
def submit_order(*, order_id: int, by: Member, version: int | None = None) -> Run:
    """Ask for approval of the order as it stands: a version is kept, the content is frozen.

    With `version`, of the order as it was read: refused when it was changed since.
    """
    order = locked_order(order_id)
    if version is not None and order.version != version:
        raise StaleDocument
    if not order.lines.exists():
        raise EmptyOrder
    try:
        order.submit()
    except TransitionNotAllowed as error:
        raise OrderNotEditable from error
    order.version += 1
    order.save(update_fields=["status", "submitted_at", "version", "updated_at"])
    keep_version(order, VersionReason.SUBMITTED)
    audit.record("order.submitted", target=order)
    return approvals.submit(record=order, by=by)


@transaction.atomic
def withdraw_order(*, order_id: int, by: Member) -> Order:
    """The submitter takes the order back to change it."""
    order = locked_order(order_id)
    run = approvals.open_run_of(order)
    if run is None:
        raise NotInApproval
    approvals.withdraw(run_id=run.pk, by=by)
    return locked_order(order_id)


@transaction.atomic
def cancel_order(*, order_id: int, reason: str) -> Order:
    """The order will not happen; in approval it has to be withdrawn first."""
    order = locked_order(order_id)
    try:
        order.cancel()
    except TransitionNotAllowed as error:
        raise WrongState(order.get_status_display()) from error
    order.cancelled_reason = reason
    order.version += 1
    order.save(
        update_fields=["status", "cancelled_at", "cancelled_reason", "version", "updated_at"]
    )
    audit.record("order.cancelled", target=order, why=reason)
    hooks.order_cancelled(order)
    return order


def approved(order: Order) -> None:
    """Everybody agreed: the order counts, and whoever waits for that hears it."""
    order.approve()
    _settle(order, "approved_at")
    keep_version(order, VersionReason.APPROVED)
    audit.record("order.approved", target=order)
    hooks.order_approved(order)


def sent_back(order: Order) -> None:
    """Somebody asked for changes: the order can be written in again."""
    order.send_back()
    _settle(order)
    keep_version(order, VersionReason.SENT_BACK)
    audit.record("order.sent_back", target=order)


def withdrawn(order: Order) -> None:
    """Taken back, or void because the content changed: a draft again."""
    order.withdraw()
    _settle(order)
    keep_version(order, VersionReason.WITHDRAWN)
    audit.record("order.withdrawn", target=order)


def _settle(order: Order, *columns: str) -> None:
    order.version += 1
    order.save(update_fields=["status", "version", "updated_at", *columns])
