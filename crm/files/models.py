from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantForeignKey, TenantModel


class StoredFile(TenantModel):
    """An upload or a result, kept outside the web root under its content's hash."""

    name = models.CharField(_("file name"), max_length=200)
    path = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(_("size"))
    content_type = models.CharField(max_length=100)
    # whose page serves it: a view that checks the permission on that record
    purpose = models.CharField(max_length=40)
    uploaded_by = TenantForeignKey("people.Member", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["organization", "sha256"], name="file_hash_idx")]

    def __str__(self) -> str:
        return self.name
