from django.urls import URLPattern, path

from leads.views import cases

urlpatterns: list[URLPattern] = [
    path("collisions/", cases.case_list, name="cases"),
    path("collisions/<int:pk>/", cases.case_detail, name="case"),
]
