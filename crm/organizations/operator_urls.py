"""The operator's area, outside all tenants."""

from django.urls import path

from crm.organizations.views import operator

app_name = "operator"
urlpatterns = [
    path("", operator.organizations, name="organizations"),
    path("organizations/<int:pk>/", operator.organization, name="organization"),
    path("organizations/<int:pk>/suspend/", operator.suspend, name="suspend"),
    path("organizations/<int:pk>/reactivate/", operator.reactivate, name="reactivate"),
    path("organizations/<int:pk>/keep/", operator.keep, name="keep"),
    path("deletions/", operator.deletions, name="deletions"),
    path("sign-ups/", operator.sign_ups, name="sign_ups"),
    path("sign-ups/<int:pk>/drop/", operator.drop_sign_up, name="drop_sign_up"),
    path("accounts/", operator.accounts, name="accounts"),
    path(
        "accounts/<int:pk>/second-factor/",
        operator.remove_second_factor,
        name="remove_second_factor",
    ),
    path("health/", operator.health, name="health"),
    path("log/", operator.log, name="log"),
]
