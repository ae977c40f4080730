from django.db import models
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.TextChoices):
    """What an organisation asks for beside the password."""

    NONE = "none", _("Not required")
    ANY = "any", _("Any: authenticator app or passkey")
    PASSKEY = "passkey", _("Passkey only")


class ConnectionKind(models.TextChoices):
    """The identity providers that an organisation can connect."""

    OIDC = "oidc", _("OpenID Connect")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


class Joining(models.TextChoices):
    """What happens when somebody comes who is no member yet."""

    EXISTING = "existing", _("Only members who exist already")
    CREATE = "create", _("New people become members")


class CheckState(models.TextChoices):
    """What is known about a connection's settings."""

    UNKNOWN = "unknown", _("Not tested")
    ASKED = "asked", _("Testing")
    GOOD = "good", _("Works")
    FAILED = "failed", _("Does not work")
