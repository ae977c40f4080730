from django.urls import URLPattern, path

from leads.views import arbitration, cases, parting, withdrawals

urlpatterns: list[URLPattern] = [
    path("collisions/", cases.case_list, name="cases"),
    path("collisions/<int:pk>/", cases.case_detail, name="case"),
    path(
        "collisions/<int:pk>/evidence/<int:member_id>/<str:figure>/",
        cases.case_evidence,
        name="case_evidence",
    ),
    path("collisions/<int:pk>/decide/", cases.decide_case, name="case_decide"),
    path("collisions/<int:pk>/appeal/", cases.appeal_case, name="case_appeal"),
    path("collisions/<int:pk>/accept/", cases.accept_case, name="case_accept"),
    path("collisions/<int:pk>/withdraw/", withdrawals.withdraw_case, name="case_withdraw"),
    path("collisions/<int:pk>/give-way/", withdrawals.give_way, name="case_give_way"),
    path(
        "collisions/<int:pk>/appeal/withdraw/",
        withdrawals.withdraw_appeal,
        name="case_withdraw_appeal",
    ),
    path("collisions/<int:pk>/parts/", parting.set_parts, name="case_parts"),
    path("collisions/<int:pk>/statement/", cases.state_case, name="case_state"),
    path("collisions/<int:pk>/remark/", cases.remark, name="case_remark"),
    path("leads/<int:pk>/collision/", cases.report_lead, name="report_lead"),
    path("customers/<int:pk>/collision/", cases.report_customer, name="report_customer"),
    path("collisions/rules/arbitration/", arbitration.arbitration_rules, name="arbitration_rules"),
    path("collisions/rules/arbitration/days/", arbitration.edit_days, name="edit_arbitration_days"),
    path("collisions/rules/arbitration/reset/", arbitration.reset_terms, name="reset_arbitration"),
    path(
        "collisions/rules/arbitration/<slug:code>/move/<slug:to>/",
        arbitration.move_rule,
        name="move_arbitration_rule",
    ),
    path(
        "collisions/rules/arbitration/<slug:code>/switch/<slug:to>/",
        arbitration.switch_rule,
        name="switch_arbitration_rule",
    ),
]
