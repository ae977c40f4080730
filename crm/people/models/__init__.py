from crm.people.models.absences import Absence, AbsenceKind
from crm.people.models.calendars import CalendarDay, DayKind, WorkingCalendar
from crm.people.models.departments import Department
from crm.people.models.invitations import Invitation, InvitationState
from crm.people.models.members import Member
from crm.people.models.roles import MemberRole, Role
from crm.people.models.users import User, UserManager

__all__ = [
    "Absence",
    "AbsenceKind",
    "CalendarDay",
    "DayKind",
    "Department",
    "Invitation",
    "InvitationState",
    "Member",
    "MemberRole",
    "Role",
    "User",
    "UserManager",
    "WorkingCalendar",
]
