from django.urls import URLPattern, path

from leads.views import risks

urlpatterns: list[URLPattern] = [
    path("collisions/risks/", risks.risk_list, name="risks"),
    path("collisions/risks/dismiss/", risks.dismiss_risks, name="dismiss_risks"),
    path("collisions/risks/outcomes/", risks.risk_outcomes, name="risk_outcomes"),
    path("collisions/risks/digest/<slug:to>/", risks.switch_digest, name="risk_digest"),
    path("collisions/risks/<int:pk>/", risks.risk_detail, name="risk"),
    path("collisions/risks/<int:pk>/dismiss/", risks.dismiss_risk, name="dismiss_risk"),
    path("collisions/risks/<int:pk>/again/", risks.reopen_risk, name="reopen_risk"),
    path("collisions/risks/<int:pk>/not-same/", risks.risk_not_same, name="risk_not_same"),
    path("collisions/risks/<int:pk>/case/", risks.risk_case, name="risk_case"),
    path("collisions/risks/<int:pk>/ask/", risks.ask_reps, name="ask_reps"),
]
