"""The addresses of the API, relative to /<organization>/; imported with the first request."""

from django.urls import path

from crm.integrations.api import build_api

api = build_api()
patterns, app_name, namespace = api.urls
# ninja's own root leads to a page of documentation that is not there
patterns = [one for one in patterns if getattr(one, "name", "") != "api-root"]
urlpatterns = [path("api/v1/", (patterns, app_name, namespace))]
