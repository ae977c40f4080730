from django.urls import path

from crm.integrations import views

app_name = "integrations"
urlpatterns = [
    path("api/", views.docs, name="docs"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/tokens/", views.own_token_list, name="own_tokens"),
    path("api/tokens/all/", views.token_list, name="tokens"),
    path("api/off/", views.switch_off, name="switch_off"),
    path("api/on/", views.switch_on, name="switch_on"),
    path("api/tokens/new/", views.create_token, name="create_token"),
    path("api/tokens/<int:pk>/", views.token_detail, name="token"),
    path("api/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
]
