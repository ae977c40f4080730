from django.urls import URLPattern, path

from crm.people.views import absences, calendars, departments, imports, invitations, members
from crm.sharing.views import hand_overs

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("people/", members.member_list, name="members"),
    path("people/department/", members.bulk_department, name="bulk_department"),
    path("people/role/", members.bulk_role, name="bulk_role"),
    path("people/<int:pk>/", members.member_detail, name="member"),
    path("people/<int:pk>/edit/", members.edit_member, name="edit_member"),
    path("people/<int:pk>/hours/", members.edit_hours, name="edit_hours"),
    path("people/<int:pk>/hand-over/", hand_overs.begin, name="handover"),
    path("people/<int:pk>/deactivate/", members.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", members.reactivate, name="reactivate"),
    path("people/<int:pk>/absence/", absences.record_member_absence, name="record_member_absence"),
    path("people/invitations/", invitations.invitation_list, name="invitations"),
    path("people/invitations/new/", invitations.invite, name="invite"),
    path("people/invitations/<int:pk>/", invitations.invitation_detail, name="invitation"),
    path(
        "people/invitations/<int:pk>/resend/",
        invitations.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "people/invitations/<int:pk>/revoke/",
        invitations.revoke_invitation,
        name="revoke_invitation",
    ),
    path("people/import/", imports.upload, name="import"),
    path("people/import/<int:pk>/", imports.preview, name="import_preview"),
    path("people/import/<int:pk>/apply/", imports.apply, name="import_apply"),
    path("people/departments/", departments.department_list, name="departments"),
    path("people/departments/new/", departments.create_department, name="create_department"),
    path("people/departments/<int:pk>/", departments.edit_department, name="edit_department"),
    path("people/departments/<int:pk>/move/", departments.move_department, name="move_department"),
    path("people/departments/<int:pk>/put/", departments.put_department, name="put_department"),
    path(
        "people/departments/<int:pk>/delete/",
        departments.delete_department,
        name="delete_department",
    ),
    path("absences/", absences.absence_list, name="absences"),
    path("absences/new/", absences.record_absence, name="record_absence"),
    path("absences/<int:pk>/", absences.edit_absence, name="edit_absence"),
    path("absences/<int:pk>/remove/", absences.remove_absence, name="remove_absence"),
    path("absences/calendar/", calendars.show_calendar, name="calendar"),
    path("absences/calendar/week/", calendars.edit_week, name="edit_week"),
    path("absences/calendar/days/new/", calendars.create_day, name="create_day"),
    path("absences/calendar/days/many/", calendars.create_days, name="create_days"),
    path("absences/calendar/days/<int:pk>/", calendars.edit_day, name="edit_day"),
    path("absences/calendar/days/<int:pk>/remove/", calendars.remove_day, name="remove_day"),
]
