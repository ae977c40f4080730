from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    AUTO = "auto", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Scope(models.IntegerChoices):
    """How far a permission reaches; one's own records always belong to it."""

    OWN = 1, pgettext_lazy("data scope", "Own")
    DEPARTMENT = 2, _("Own department")
    TREE = 3, _("Department tree")
    CHOSEN = 5, _("Chosen departments")
    ALL = 4, _("All")


class Right(models.IntegerChoices):
    """What a member may do with one field, from nothing to everything."""

    HIDDEN = 0, _("Hidden")
    MASKED = 1, pgettext_lazy("field right", "Masked")
    READ = 2, pgettext_lazy("field right", "Read")
    WRITE = 3, pgettext_lazy("field right", "Write")


class RoleCode(models.TextChoices):
    """The seven roles every organisation starts with."""

    REP = "rep", _("Sales rep")
    MANAGER = "manager", _("Sales manager")
    FINANCE = "finance", _("Finance")
    LEGAL = "legal", _("Legal")
    MARKETING = "marketing", _("Marketing")
    SERVICE = "service", _("Service")
    ADMINISTRATOR = "administrator", _("Administrator")
