"""A file of members: read, looked through row by row, applied in one transaction.

Rows of people who are members already change them; the others are invited by mail.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path as FilePath

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access import policy
from crm.audit import services as audit
from crm.people.models import Department, Member, Role
from crm.people.services import invitations, members
from crm.people.services.departments import create_department
from crm.people.services.invitations import Invited
from crm.people.words import spellings_of
from crm.refusals import Refused
from crm.tabular import Row, Table, read_table

MOST_ROWS = 1_000
SEARCHED_ROWS = 10
HEADINGS = {
    "name": ("name", "full name", "姓名", "名字", "成员"),
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮箱", "电子邮件"),
    "phone": ("phone", "mobile", "telephone", "手机", "手机号", "电话"),
    "department": ("department", "department path", "部门", "部门路径", "所属部门"),
    "title": ("title", "job title", "职务", "职位", "岗位"),
    "roles": ("roles", "role", "角色"),
    "superior": ("superior", "manager", "reports to", "上级", "直属上级", "主管"),
}
NEEDED = ("name", "email")
LENGTHS = {"name": 80, "title": 80, "phone": 32, "email": 254}
PATH_SIGNS = re.compile(r"\s*[/\\>＞／]\s*")
LIST_SIGNS = re.compile(r"\s*[,，、;；|]\s*")
Path = tuple[str, ...]


class ColumnsMissing(Refused):
    """The file has no column for what every member needs."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file needs the columns Name and E-mail. It may also have Phone, Department, "
                "Job title, Roles and Superior."
            )
        )


@dataclass
class PlannedRow:
    """One row of the file and what will become of it."""

    number: int
    values: dict[str, str]
    member: Member | None = None
    path: Path = ()
    department: Department | None = None
    roles: list[Role] = field(default_factory=list)
    superior_email: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What applying does: invite, change, or nothing because of its problems."""
        if self.problems:
            return "faulty"
        return "change" if self.member else "invite"

    def get(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class Plan:
    """What a file means here and now."""

    rows: list[PlannedRow]
    new_paths: list[Path]

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.kind for row in self.rows)


def members_table(source: bytes | FilePath, name: str) -> Table:
    """The table in a file, below the row that names its columns; raises ColumnsMissing."""
    for row in islice(read_table(source, name, header_row=0).iter_rows(), SEARCHED_ROWS):
        columns = columns_of([cell or "" for cell in row.cells])
        if all(needed in columns for needed in NEEDED):
            return read_table(source, name, header_row=row.number)
    raise ColumnsMissing


def plan_import(table: Table, *, by: Member, create_departments: bool) -> Plan:
    """Look through the file without changing anything; raises Refused for one too long.

    A row asks for no more than `by` may do by hand.
    """
    columns = columns_of(table.header)
    rows = [_read(row, columns) for row in _limited(table.iter_rows())]
    known = _Known(by, create_departments)
    for row in rows:
        known.look_at(row)
    known.check_superiors(rows)
    _mark_repeated(rows)
    new = {row.path for row in rows if not row.problems and row.path and row.department is None}
    return Plan(rows, sorted({path[:depth] for path in new for depth in range(1, len(path) + 1)}
                             - known.departments.keys()))  # fmt: skip


@transaction.atomic
def apply_import(plan: Plan, *, by: Member) -> Counter[str]:
    """Do what the plan says for every row without a problem; all of it or nothing."""
    made = _make_departments(plan.new_paths)
    invited = []
    for row in plan.rows:
        if row.problems:
            continue
        department = row.department or made.get(row.path)
        if row.member is not None:
            _change(row, department, by)
        else:
            invited.append(
                Invited(
                    email=row.get("email"),
                    name=row.get("name"),
                    department=department,
                    title=row.get("title"),
                    phone=row.get("phone"),
                    roles=row.roles,
                    superior_email=row.superior_email,
                )
            )
    invitations.invite_all(invited=invited, by=by)
    audit.record("members.imported", counts=dict(plan.counts))
    return plan.counts


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by its heading."""
    found: dict[str, int] = {}
    for index, heading in enumerate(header):
        plain = heading.strip().strip("*＊").strip().lower()
        for name, spellings in HEADINGS.items():
            if plain in spellings and name not in found:
                found[name] = index
    return found


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Refused(
                _("The file has more than %(count)s rows. Split it.") % {"count": MOST_ROWS}
            )
        yield row


def _read(row: Row, columns: dict[str, int]) -> PlannedRow:
    values = {}
    for name, index in columns.items():
        cell = row.cells[index] if index < len(row.cells) else None
        values[name] = " ".join((cell or "").split())
    values["email"] = values["email"].lower()
    return PlannedRow(row.number, values)


class _Known:
    """What the organisation has, read once for all rows."""

    def __init__(self, by: Member, create_departments: bool) -> None:
        edit = policy.reach_of(by, "people.edit_member")
        self.may_change = edit is not None and edit.is_all
        self.may_give_roles = policy.allowed(by, "people.assign_role")
        self.may_create = create_departments and policy.allowed(by, "people.edit_department")
        self.members = {
            member.user.email: member for member in Member.objects.select_related("user")
        }
        self.roles: dict[str, Role] = {}
        for role in Role.objects.order_by("pk"):
            for word in spellings_of(role):
                self.roles[word.lower()] = role
        names = dict(Department.objects.values_list("pk", "name"))
        self.departments: dict[Path, Department] = {
            tuple(names[pk] for pk in one.path): one for one in Department.objects.all()
        }
        self.by_name = Counter(path[-1] for path in self.departments)

    def look_at(self, row: PlannedRow) -> None:
        """Fill in what a row means and what is wrong with it."""
        self._check_values(row)
        row.member = self.members.get(row.get("email"))
        if row.member is not None and not self.may_change:
            row.problems.append(_("You may not change members."))
        self._find_department(row)
        for word in filter(None, LIST_SIGNS.split(row.get("roles"))):
            role = self.roles.get(word.lower())
            if role is None:
                row.problems.append(_("There is no role “%(role)s”.") % {"role": word})
            elif role not in row.roles:
                row.roles.append(role)
        if row.roles and not self.may_give_roles:
            row.problems.append(_("You may not give roles."))

    def _check_values(self, row: PlannedRow) -> None:
        if not row.get("name"):
            row.problems.append(_("The name is missing."))
        try:
            validate_email(row.get("email"))
        except ValidationError:
            row.problems.append(_("This is no e-mail address."))
        for name, longest in LENGTHS.items():
            if len(row.get(name)) > longest:
                row.problems.append(_("“%(value)s…” is too long.") % {"value": row.get(name)[:20]})

    def _find_department(self, row: PlannedRow) -> None:
        row.path = tuple(part for part in PATH_SIGNS.split(row.get("department")) if part)
        if not row.path:
            return
        row.department = self.departments.get(row.path)
        if row.department is None and len(row.path) == 1 and self.by_name[row.path[0]] == 1:
            only = next(path for path in self.departments if path[-1] == row.path[0])
            row.path, row.department = only, self.departments[only]
        if any(len(part) > 80 for part in row.path):
            row.problems.append(_("The name of the department is too long."))
        elif row.department is None and not self.may_create:
            words = {"department": " / ".join(row.path)}
            row.problems.append(_("There is no department “%(department)s”.") % words)

    def check_superiors(self, rows: Sequence[PlannedRow]) -> None:
        """A superior is named by address or by a name that only one person has."""
        addresses = {*self.members, *(row.get("email") for row in rows)}
        named: dict[str, set[str]] = {}
        for email, member in self.members.items():
            named.setdefault(member.name, set()).add(email)
        for row in rows:
            named.setdefault(row.get("name"), set()).add(row.get("email"))
        for row in rows:
            word = row.get("superior")
            if not word:
                continue
            found = {word.lower()} & addresses or named.get(word, set())
            if len(found) != 1:
                row.problems.append(
                    _("The superior “%(name)s” cannot be found.") % {"name": word}
                    if not found
                    else _("Several people are called “%(name)s”: write the superior's e-mail.")
                    % {"name": word}
                )
            elif found == {row.get("email")}:
                row.problems.append(_("Nobody is their own superior."))
            else:
                row.superior_email = next(iter(found))


def _mark_repeated(rows: Sequence[PlannedRow]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        seen = first.setdefault(row.get("email"), row.number)
        if seen != row.number:
            row.problems.append(_("The address is in row %(row)s already.") % {"row": seen})


def _make_departments(paths: Sequence[Path]) -> dict[Path, Department]:
    """The missing departments, parents first."""
    names = dict(Department.objects.values_list("pk", "name"))
    known = {tuple(names[pk] for pk in one.path): one for one in Department.objects.all()}
    for path in sorted(paths, key=len):
        if path not in known:
            known[path] = create_department(name=path[-1], parent=known.get(path[:-1]))
    return known


def _change(row: PlannedRow, department: Department | None, by: Member) -> None:
    """Bring a member in line with the row; empty cells change nothing."""
    assert row.member is not None  # noqa: S101  the caller has looked
    facts = {name: row.get(name) for name in ("name", "title", "phone") if row.get(name)}
    more: dict[str, object] = {"department": department} if department else {}
    if row.superior_email:
        superior = Member.objects.filter(user__email=row.superior_email).first()
        more |= {"superior": superior} if superior else {}
    members.update_member(member_id=row.member.pk, **facts, **more)
    if row.roles:
        members.set_roles(member_id=row.member.pk, roles=row.roles, by=by)
