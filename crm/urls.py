"""Pages outside all tenants. /<organization>/… is served by crm.tenant_urls."""

from django.urls import include, path

from crm.web import platform_views

urlpatterns = [
    path("", platform_views.home, name="home"),
    path("health/", platform_views.health, name="health"),
    path("", include("crm.people.platform_urls")),
    path("accounts/", include("crm.signin.platform_urls")),
    path("", include("crm.organizations.global_urls")),
    path("", include("leads.urls.platform")),
    path("operator/", include("crm.organizations.operator_urls")),
    path("i18n/language/", platform_views.set_language, name="set_language"),
]
handler400 = "crm.web.platform_views.bad_request"
handler403 = "crm.web.platform_views.forbidden"
handler404 = "crm.web.platform_views.not_found"
handler500 = "crm.web.platform_views.server_error"
