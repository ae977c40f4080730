from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    AUTO = "auto", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Scope(models.IntegerChoices):
    """How far a permission reaches, from narrow to wide: comparable by size."""

    OWN = 1, _("Own")
    DEPARTMENT = 2, _("Own department")
    TREE = 3, _("Department tree")
    ALL = 4, _("All")


class RoleCode(models.TextChoices):
    """The seven roles every organisation starts with."""

    REP = "rep", _("Sales rep")
    MANAGER = "manager", _("Sales manager")
    FINANCE = "finance", _("Finance")
    LEGAL = "legal", _("Legal")
    MARKETING = "marketing", _("Marketing")
    SERVICE = "service", _("Service")
    ADMINISTRATOR = "administrator", _("Administrator")
