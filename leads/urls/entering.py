from django.urls import URLPattern, path

from leads.views import aliases, collision_rules, judgements, protection, share_requests

urlpatterns: list[URLPattern] = [
    path("collisions/requests/", share_requests.share_requests, name="share_requests"),
    path("collisions/requests/<int:pk>/", share_requests.share_request, name="share_request"),
    path(
        "collisions/requests/<int:pk>/decline/",
        share_requests.decline_share_request,
        name="decline_share_request",
    ),
    path(
        "collisions/requests/<int:pk>/share/<slug:action>/",
        share_requests.grant_share_request,
        name="grant_share_request",
    ),
    path("collisions/rules/", collision_rules.collision_rules, name="collision_rules"),
    path("collisions/rules/try/", collision_rules.try_collision_rules, name="try_collision_rules"),
    path(
        "collisions/rules/settings/",
        collision_rules.edit_collision_settings,
        name="collision_settings",
    ),
    path(
        "collisions/rules/new/", collision_rules.create_collision_rule, name="create_collision_rule"
    ),
    path(
        "collisions/rules/<int:pk>/",
        collision_rules.edit_collision_rule,
        name="edit_collision_rule",
    ),
    path(
        "collisions/rules/<int:pk>/move/<slug:to>/",
        collision_rules.move_collision_rule,
        name="move_collision_rule",
    ),
    path(
        "collisions/rules/<int:pk>/switch/<slug:to>/",
        collision_rules.switch_collision_rule,
        name="switch_collision_rule",
    ),
    path("collisions/rules/judgements/", judgements.judgement_list, name="judgements"),
    path(
        "collisions/rules/judgements/<int:pk>/take-back/",
        judgements.take_back_judgement,
        name="take_back_judgement",
    ),
    path("customers/<int:pk>/names/new/", aliases.add_alias, name="add_alias"),
    path("customers/<int:pk>/names/<int:alias_id>/forget/", aliases.drop_alias, name="drop_alias"),
    path("customers/<int:pk>/protect/", protection.protect_customer, name="protect_customer"),
    path("customers/<int:pk>/unprotect/", protection.unprotect_customer, name="unprotect_customer"),
]
