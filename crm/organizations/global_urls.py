"""Outside all tenants: founding an organisation, going to another one."""

from django.urls import path

from crm.organizations.views import sign_up, switch

app_name = "organizations"
urlpatterns = [
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/address/", sign_up.address, name="address"),
    path("sign-up/sent/", sign_up.sent, name="sent"),
    path("sign-up/confirm/<str:token>/", sign_up.confirm, name="confirm"),
    path("switch/", switch.switch, name="switch"),
    path("switch/<slug:slug>/keep/", switch.keep, name="keep"),
]
