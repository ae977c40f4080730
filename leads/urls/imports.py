from django.urls import URLPattern, path

from leads.views import assignments, imports

urlpatterns: list[URLPattern] = [
    path("leads/import/", imports.import_list, name="imports"),
    path("leads/import/new/", imports.upload_file, name="import_new"),
    path("leads/import/<int:pk>/", imports.import_detail, name="import"),
    path("leads/import/<int:pk>/columns/", imports.choose_columns, name="import_columns"),
    path("leads/import/<int:pk>/sheet/", imports.choose_sheet, name="import_sheet"),
    path("leads/import/<int:pk>/back/", imports.change_columns, name="import_back"),
    path("leads/import/<int:pk>/start/", imports.start_import, name="import_start"),
    path("leads/import/<int:pk>/stop/", imports.cancel_import, name="import_stop"),
    path("leads/import/<int:pk>/rows/", imports.import_rows, name="import_rows"),
    path("leads/import/<int:pk>/arrivals/", imports.import_touches, name="import_touches"),
    path(
        "leads/import/<int:pk>/arrivals/<int:arrival>/collision/",
        imports.open_case,
        name="import_open_case",
    ),
    path("leads/import/<int:pk>/original/", imports.original_file, name="import_original"),
    path(
        "leads/import/<int:pk>/<slug:bucket>.<slug:kind>", imports.import_file, name="import_file"
    ),
    path("leads/channels/", imports.channels, name="channels"),
    path("leads/channels/arrivals/", imports.touches, name="touches"),
    path("leads/unassigned/", assignments.unassigned, name="unassigned"),
    path("leads/unassigned/assign/", assignments.assign_waiting, name="assign_waiting"),
    path("leads/unassigned/retry/", assignments.retry_unassigned, name="retry_unassigned"),
    path("leads/rules/", assignments.rules, name="rules"),
    path("leads/rules/new/", assignments.create_rule, name="create_rule"),
    path("leads/rules/<int:pk>/", assignments.edit_rule, name="edit_rule"),
    path("leads/rules/<int:pk>/move/<slug:to>/", assignments.move_rule, name="move_rule"),
    path("leads/rules/<int:pk>/switch/<slug:to>/", assignments.switch_rule, name="switch_rule"),
]
