from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Create, Entry

navigation.register(
    Entry(
        "people",
        _("People"),
        "users-group",
        "people:members",
        permission="people.view_directory",
        section="admin",
        order=20,
    ),
    Entry(
        "absences",
        _("Absences"),
        "calendar-event",
        "people:absences",
        permission="people.record_absence",
        section="admin",
        order=30,
    ),
)
navigation.register_create(
    Create(
        "absence",
        _("Absence"),
        "calendar-plus",
        "people:record_absence",
        "people.record_absence",
        order=95,
    )
)
