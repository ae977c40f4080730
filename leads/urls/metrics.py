from django.urls import URLPattern, path

from leads.views import metrics

urlpatterns: list[URLPattern] = [
    path("collisions/metrics/", metrics.metrics, name="metrics"),
    path("collisions/metrics/rows/<slug:kind>/", metrics.metric_rows, name="metric_rows"),
]
