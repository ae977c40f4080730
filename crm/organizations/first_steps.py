from django.utils.translation import gettext_lazy as _

from crm.organizations.steps import Step, register
from crm.people.models import Department, Member
from crm.tenancy.context import current_organization_id
from crm.tenancy.models import Organization


def has_logo() -> bool:
    found = Organization.objects.filter(pk=current_organization_id(), logo_file_id__isnull=False)
    return found.exists()


register(
    Step(
        "settings",
        _("Look over the settings"),
        _("Name, logo, currency, time zone, fiscal year."),
        "building",
        "organizations:settings",
        has_logo,
        order=10,
    ),
    Step(
        "departments",
        _("Draw the departments"),
        _("Who sees what follows the tree."),
        "sitemap",
        "people:departments",
        lambda: Department.objects.count() > 1,
        order=20,
    ),
    Step(
        "members",
        _("Invite people"),
        _("One by one by mail, or from a spreadsheet."),
        "user-plus",
        "people:members",
        lambda: Member.objects.count() > 1,
        order=30,
    ),
)
