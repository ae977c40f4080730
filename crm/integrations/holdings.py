from crm.integrations.services import end_with_member
from crm.people.holdings import on_leaving

on_leaving(end_with_member)
