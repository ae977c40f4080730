from django.utils.translation import gettext_lazy as _

from crm.web import navigation
from crm.web.navigation import Entry

navigation.register(
    Entry("today", _("Today"), "sun", "reports:today", section="work", order=10, on_phone=True)
)
