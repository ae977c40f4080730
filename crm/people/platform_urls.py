"""Pages about people outside all organisations."""

from django.urls import URLPattern, path

from crm.people.views import join

urlpatterns: list[URLPattern] = [
    path("accounts/invitation/<str:token>/", join.invitation, name="invitation"),
]
