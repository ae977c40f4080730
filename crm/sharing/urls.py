from django.urls import path

from crm.sharing.views import hand_overs, transfers

app_name = "sharing"
urlpatterns = [
    path("transfers/", transfers.transfer_list, name="transfers"),
    path("transfers/rule/", transfers.rule, name="rule"),
    path("transfers/<int:pk>/", transfers.transfer_detail, name="transfer"),
    path("transfers/<int:pk>/withdraw/", transfers.withdraw, name="withdraw"),
    path("transfers/<int:pk>/undo/", transfers.undo, name="undo"),
    path("hand-overs/", hand_overs.hand_over_list, name="hand_overs"),
    path("hand-overs/<int:pk>/", hand_overs.hand_over_detail, name="hand_over"),
    path("hand-overs/<int:pk>/go/", hand_overs.carry_out, name="hand_over_go"),
    path("hand-overs/<int:pk>/undo/", hand_overs.undo, name="hand_over_undo"),
    path("hand-overs/<int:pk>/discard/", hand_overs.discard, name="hand_over_discard"),
    path("hand-overs/<int:pk>/rows/<slug:key>/", hand_overs.single, name="hand_over_rows"),
    path("hand-overs/<int:pk>/moved/<slug:key>/", hand_overs.moved, name="hand_over_moved"),
    path("hand-overs/held/<int:pk>/<slug:key>/", hand_overs.held, name="held"),
]
