"""An organisation's own pages, relative to /<organization>/. Apps are named by string."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("crm.web.urls")),
    path("", include("crm.access.urls")),
    path("", include("crm.people.urls")),
    path("", include("crm.organizations.urls")),
    path("", include("crm.signin.urls")),
    path("", include("crm.jobs.urls")),
    path("", include("crm.audit.urls")),
    path("", include("crm.teamwork.urls")),
    path("", include("crm.approvals.urls")),
    path("", include("crm.sharing.urls")),
    path("", include("crm.integrations.urls")),
    path("", include("leads.urls")),
    path("", include("orders.urls")),
    path("", include("payments.urls")),
]
handler400 = "crm.web.platform_views.bad_request"
handler403 = "crm.web.platform_views.forbidden"
handler404 = "crm.web.platform_views.not_found"
handler500 = "crm.web.platform_views.server_error"
