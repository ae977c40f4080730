from django.utils.translation import gettext_lazy as _

from crm.organizations.steps import Step, register
from leads.models import Lead

register(
    Step(
        "leads",
        _("Import leads"),
        _("An Excel or CSV file; doubles are found before they are saved."),
        "file-import",
        "leads:imports",
        lambda: Lead.objects.exists(),
        order=50,
    )
)
