from leads.urls import cases, entering, imports, merges, metrics, records, risks, sharing

app_name = "leads"
urlpatterns = [
    *cases.urlpatterns,
    *entering.urlpatterns,
    *imports.urlpatterns,
    *merges.urlpatterns,
    *metrics.urlpatterns,
    *records.urlpatterns,
    *risks.urlpatterns,
    *sharing.urlpatterns,
]
