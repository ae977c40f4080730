"""The addresses of the API, relative to /<organization>/; imported with the first request."""

from django.urls import path

from crm.integrations.api import build_api

api = build_api()
urlpatterns = [path("api/v1/", api.urls)]
