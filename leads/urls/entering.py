from django.urls import URLPattern, path

from leads.views import protection

urlpatterns: list[URLPattern] = [
    path("customers/<int:pk>/protect/", protection.protect_customer, name="protect_customer"),
    path("customers/<int:pk>/unprotect/", protection.unprotect_customer, name="unprotect_customer"),
]
