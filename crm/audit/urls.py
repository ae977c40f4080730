from django.urls import path

from crm.audit import views

app_name = "audit"
urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/<int:pk>/", views.entry, name="entry"),
    path("log/verify/", views.verify, name="verify"),
    path("log/verification/", views.verification_result, name="verification"),
]
