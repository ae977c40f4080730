from crm.sharing.nouns import noun
from crm.sharing.pages import pages_of

urlpatterns = [
    *pages_of(noun("leads.customer"), "customers/"),
    *pages_of(noun("leads.opportunity"), "opportunities/"),
    *pages_of(noun("leads.lead"), "leads/"),
]
