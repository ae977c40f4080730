from django.urls import path

from crm.approvals import views

app_name = "approvals"
urlpatterns = [
    path("approvals/", views.waiting, name="waiting"),
    path("approvals/submitted/", views.submitted, name="submitted"),
    path("approvals/decided/", views.decided, name="decided"),
    path("approvals/blocked/", views.blocked, name="blocked"),
    path("approvals/<int:run_id>/", views.run_detail, name="detail"),
    path("approvals/<int:run_id>/decide/", views.decide, name="decide"),
    path("approvals/<int:run_id>/withdraw/", views.withdraw, name="withdraw"),
    path("approvals/<int:run_id>/look-again/", views.look_again, name="look_again"),
]
