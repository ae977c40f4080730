from django.urls import include, path

app_name = "payments"
urlpatterns = [
    path("payments/", include("payments.urls.receivables")),
    path("bank/", include("payments.urls.bank")),
]
