"""Pages about clients outside all organisations."""

from django.urls import URLPattern, path

from leads.views import digest_stop

urlpatterns: list[URLPattern] = [
    path("accounts/digest/<str:token>/", digest_stop.stop_digest, name="stop_digest"),
]
