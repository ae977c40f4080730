from django.urls import path, register_converter

from crm.teamwork import views
from crm.teamwork.enums import TaskState


class TaskStateConverter:
    """open, done or cancelled."""

    regex = "|".join(TaskState.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TaskStateConverter, "task_state")

app_name = "teamwork"
urlpatterns = [
    path("tasks/", views.task_list, name="tasks"),
    path("tasks/create/", views.create_task, name="create_task"),
    path("tasks/<int:task_id>/", views.edit_task, name="edit_task"),
    path("tasks/<int:task_id>/<task_state:state>/", views.set_task_state, name="set_task_state"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all_notifications, name="read_notifications"),
    path(
        "notifications/<int:notification_id>/open/",
        views.open_notification,
        name="open_notification",
    ),
]
