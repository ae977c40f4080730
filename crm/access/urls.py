from django.urls import path

from crm.access.views import effects, rights, roles, seeing

app_name = "access"
urlpatterns = [
    path("roles/", roles.role_list, name="roles"),
    path("roles/new/", roles.new_role, name="new_role"),
    path("roles/new/effect/", effects.new_effect, name="new_effect"),
    path("roles/new/save/", effects.create, name="create_role"),
    path("roles/<int:pk>/", roles.role_detail, name="role"),
    path("roles/<int:pk>/edit/", roles.edit_role, name="edit_role"),
    path("roles/<int:pk>/reset/", roles.reset_role, name="reset_role"),
    path("roles/<int:pk>/drop/", roles.drop_draft, name="drop_draft"),
    path("roles/<int:pk>/delete/", roles.delete_role, name="delete_role"),
    path("roles/<int:pk>/effect/", effects.role_effect, name="role_effect"),
    path("roles/<int:pk>/effect/rows/", effects.role_rows, name="role_rows"),
    path("roles/<int:pk>/save/", effects.save, name="save_role"),
    path("members/<int:pk>/roles/effect/", effects.member_effect, name="member_effect"),
    path("members/<int:pk>/roles/effect/rows/", effects.member_rows, name="member_rows"),
    path("members/<int:pk>/rights/", rights.member_rights, name="rights"),
    path("who-can-see/<str:kind>/<int:pk>/", rights.who_can_see, name="who_can_see"),
    path("members/<int:pk>/see-as/", seeing.see_as, name="see_as"),
    # the path is known to crm.access.seeing
    path("see-as/leave/", seeing.leave, name="leave_see_as"),
]
