from leads.urls import cases, entering, imports, records, sharing

app_name = "leads"
urlpatterns = [
    *cases.urlpatterns,
    *entering.urlpatterns,
    *imports.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
]
