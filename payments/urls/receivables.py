from django.urls import path

from payments.views import plans, receivables

urlpatterns = [
    path("", receivables.receivable_list, name="receivables"),
    path("received/", receivables.allocation_list, name="allocations"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan"),
    path("plans/<int:pk>/edit/", plans.edit_plan, name="edit_plan"),
    path("orders/<int:order_id>/plan/", plans.order_plan, name="order_plan"),
    path("orders/<int:order_id>/plan/create/", plans.create_plan, name="create_plan"),
]
