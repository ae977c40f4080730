from django.urls import path

from crm.organizations.views import data, settings

app_name = "organizations"
urlpatterns = [
    path("first-steps/", settings.first_steps, name="first_steps"),
    path("organization/", settings.settings, name="settings"),
    path("organization/logo/", settings.logo, name="logo"),
    path("organization/logo/change/", settings.change_logo, name="change_logo"),
    path("organization/logo/remove/", settings.remove_logo, name="remove_logo"),
    path("organization/exports/", data.exports, name="exports"),
    path("organization/exports/<int:pk>/", data.export_status, name="export_status"),
    path("organization/exports/<int:pk>/download/", data.download_export, name="download_export"),
    path("organization/delete/", data.delete, name="delete"),
]
