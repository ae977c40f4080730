from crm.people.models.departments import Department
from crm.people.models.members import Member
from crm.people.models.roles import MemberRole, Role
from crm.people.models.users import User, UserManager

__all__ = ["Department", "Member", "MemberRole", "Role", "User", "UserManager"]
