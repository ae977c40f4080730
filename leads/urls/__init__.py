from leads.urls import cases, entering, imports, merges, records, risks, sharing

app_name = "leads"
urlpatterns = [
    *cases.urlpatterns,
    *entering.urlpatterns,
    *imports.urlpatterns,
    *merges.urlpatterns,
    *records.urlpatterns,
    *risks.urlpatterns,
    *sharing.urlpatterns,
]
