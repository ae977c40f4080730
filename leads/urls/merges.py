from django.urls import URLPattern, path

from leads.views import merge_screen, merges

urlpatterns: list[URLPattern] = [
    path("merges/", merges.merge_list, name="merges"),
    path("merges/<int:pk>/", merges.merge_detail, name="merged"),
    path("merges/<int:pk>/undo/", merges.undo, name="undo_merge"),
    path("merges/customers/", merge_screen.ticked_customers, name="merge_customers"),
    path("merges/leads/", merge_screen.ticked_leads, name="merge_leads"),
    path("merges/with/<slug:kind>/<int:pk>/", merge_screen.pick, name="merge_with"),
    path("merges/<slug:kind>/<int:kept>/<int:gone>/", merge_screen.screen, name="merge"),
    path(
        "merges/<slug:kind>/<int:kept>/<int:gone>/separate/",
        merge_screen.separate,
        name="keep_separate",
    ),
]
