from django.apps import AppConfig


class TeamworkConfig(AppConfig):
    name = "crm.teamwork"
    label = "teamwork"
