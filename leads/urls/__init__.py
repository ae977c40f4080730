from leads.urls import cases, imports, records, sharing

app_name = "leads"
urlpatterns = [*cases.urlpatterns, *imports.urlpatterns, *records.urlpatterns, *sharing.urlpatterns]
