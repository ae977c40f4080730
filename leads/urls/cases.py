from django.urls import URLPattern, path

from leads.views import cases

urlpatterns: list[URLPattern] = [
    path("collisions/", cases.case_list, name="cases"),
    path("collisions/<int:pk>/", cases.case_detail, name="case"),
    path("collisions/<int:pk>/decide/", cases.decide_case, name="case_decide"),
    path("collisions/<int:pk>/appeal/", cases.appeal_case, name="case_appeal"),
    path("collisions/<int:pk>/accept/", cases.accept_case, name="case_accept"),
    path("collisions/<int:pk>/statement/", cases.state_case, name="case_state"),
    path("collisions/<int:pk>/remark/", cases.remark, name="case_remark"),
    path("leads/<int:pk>/collision/", cases.report_lead, name="report_lead"),
    path("customers/<int:pk>/collision/", cases.report_customer, name="report_customer"),
]
