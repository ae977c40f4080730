from django.db import models
from django.utils.translation import gettext_lazy as _


class KnownKey(models.Model):
    """A key that the data may be encrypted with: its name and fingerprint, never the key.

    Belongs to the installation, not to an organisation.
    """

    name = models.CharField(_("name"), max_length=32, unique=True)
    fingerprint = models.CharField(max_length=16)
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("encryption key")
        verbose_name_plural = _("encryption keys")

    def __str__(self) -> str:
        return self.name
