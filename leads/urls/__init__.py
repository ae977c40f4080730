from leads.urls import imports, records, sharing

app_name = "leads"
urlpatterns = [*imports.urlpatterns, *records.urlpatterns, *sharing.urlpatterns]
