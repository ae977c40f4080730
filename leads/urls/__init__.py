from leads.urls import cases, entering, imports, records, risks, sharing

app_name = "leads"
urlpatterns = [
    *cases.urlpatterns,
    *entering.urlpatterns,
    *imports.urlpatterns,
    *records.urlpatterns,
    *risks.urlpatterns,
    *sharing.urlpatterns,
]
