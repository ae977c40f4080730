from crm.people.services.departments import create_department
from crm.people.services.members import add_member, reading_key
from crm.people.services.organizations import AddressTaken, create_organization
from crm.people.services.roles import sync_builtin_roles

__all__ = [
    "AddressTaken",
    "add_member",
    "create_department",
    "create_organization",
    "reading_key",
    "sync_builtin_roles",
]
