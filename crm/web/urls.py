from django.urls import path

from crm.web import stream
from crm.web.views import gallery, lists, shell

app_name = "web"
urlpatterns = [
    path("live/", stream.live_stream, name="live"),
    path("counts/", shell.counts, name="counts"),
    path("search/", shell.find, name="search"),
    path("palette/", shell.palette, name="palette"),
    path("look/", shell.look, name="look"),
    path("preferences/", shell.preferences, name="preferences"),
    path("lists/columns/", lists.choose_columns, name="columns"),
    path("lists/views/", lists.save_view, name="save_view"),
    path("lists/views/<int:pk>/delete/", lists.delete_view, name="delete_view"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/form/", gallery.sample_form, name="gallery_form"),
    path("gallery/record/", gallery.sample_record, name="gallery_record"),
    path("gallery/record/<int:pk>/", gallery.sample_record, name="gallery_row"),
    path("gallery/move/", gallery.sample_move, name="gallery_move"),
    path("gallery/toast/", gallery.sample_toast, name="gallery_toast"),
]
