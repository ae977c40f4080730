from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "crm.approvals"
    label = "approvals"
