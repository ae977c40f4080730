from django.urls import path

from crm.signin.views import administration, connections, gate

app_name = "signin"
urlpatterns = [
    path("sign-in/", administration.settings, name="settings"),
    path("sign-in/rules/", administration.edit_policy, name="edit_policy"),
    path("sign-in/members/", administration.members, name="members"),
    path("sign-in/members/<int:member_id>/", administration.member, name="member"),
    path("sign-in/members/<int:member_id>/end/", administration.end_sessions, name="end_sessions"),
    path("sign-in/members/<int:member_id>/unlock/", administration.unlock, name="unlock"),
    path(
        "sign-in/members/<int:member_id>/second-factor/",
        administration.remove_second_factor,
        name="remove_second_factor",
    ),
    path("sign-in/providers/add/<slug:kind>/", connections.add_connection, name="add_connection"),
    path("sign-in/providers/<int:connection_id>/", connections.connection, name="connection"),
    path(
        "sign-in/providers/<int:connection_id>/edit/",
        connections.edit_connection,
        name="edit_connection",
    ),
    path(
        "sign-in/providers/<int:connection_id>/check/",
        connections.check_connection,
        name="check_connection",
    ),
    path(
        "sign-in/providers/<int:connection_id>/remove/",
        connections.remove_connection,
        name="remove_connection",
    ),
    path("second-factor/", gate.second_factor, name="second_factor"),
]
