from leads.urls import imports, records

app_name = "leads"
urlpatterns = [*imports.urlpatterns, *records.urlpatterns]
