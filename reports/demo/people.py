"""The demo organisation: departments by region and about 120 people."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from crm.people import services
from crm.people.models import Department, Member, User
from reports.demo.companies import Inventor

PASSWORD = "tongzhou-demo"  # noqa: S105  shown on the sign-in page of a demo
REGIONS = {
    "华东": (["31", "32", "33", "34"], 18),
    "华南": (["44", "45", "46", "35"], 16),
    "华北": (["11", "12", "13", "14", "15", "37"], 14),
    "华中": (["41", "42", "43", "36"], 12),
    "西南": (["50", "51", "52", "53", "54"], 11),
    "西北": (["61", "62", "63", "64", "65"], 8),
    "东北": (["21", "22", "23"], 8),
}
OFFICES = {
    "财务部": ("finance", "财务专员", 6),
    "法务部": ("legal", "法务专员", 3),
    "市场部": ("marketing", "市场专员", 8),
    "客服部": ("service", "客服专员", 7),
}


@dataclass
class Team:
    """Who works in the demo, by part."""

    departments: dict[str, Department] = field(default_factory=dict)
    reps: dict[str, list[Member]] = field(default_factory=dict)
    managers: dict[str, Member] = field(default_factory=dict)
    offices: dict[str, list[Member]] = field(default_factory=dict)
    administrator: Member | None = None

    @property
    def all_reps(self) -> list[Member]:
        return [rep for reps in self.reps.values() for rep in reps]

    def region_of(self, province: str) -> str:
        """The region that serves a province; East takes what nobody serves."""
        for region, (provinces, _size) in REGIONS.items():
            if province in provinces:
                return region
        return "华东"


class Hiring:
    """Makes users and members; one password hash for all keeps it quick."""

    def __init__(self, inventor: Inventor, domain: str) -> None:
        self.inventor = inventor
        self.domain = domain
        self.password = make_password(PASSWORD)
        self.names: set[str] = set()

    def hire(
        self, account: str, *, department: Department, role: str, title: str, name: str = ""
    ) -> Member:
        shown = name or self.fresh_name()
        self.names.add(shown)
        user = User.objects.create(
            email=f"{account}@{self.domain}", name=shown, password=self.password
        )
        return services.add_member(
            user=user,
            department=department,
            roles=[role],
            title=title,
            phone=self.inventor.mobile(),
        )

    def fresh_name(self) -> str:
        name = self.inventor.person()
        while name in self.names:
            name = self.inventor.person()
        return name


def hire_everybody(inventor: Inventor, domain: str) -> Team:
    """The whole company; the accounts named in `reports.demo.LOGINS` come first."""
    team, hiring = Team(), Hiring(inventor, domain)
    root = services.create_department(name="同舟示范")
    team.departments["root"] = root
    team.administrator = hiring.hire(
        "admin", department=root, role="administrator", title="系统管理员", name="周远"
    )
    sales = services.create_department(name="销售中心", parent=root)
    director = hiring.hire(
        "director", department=sales, role="manager", title="销售总监", name="梁思远"
    )
    set_head(sales, director)
    for number, (region, (provinces, size)) in enumerate(REGIONS.items(), start=1):
        hire_region(team, hiring, sales, region, provinces, number=number, size=size)
    for office, (role, title, size) in OFFICES.items():
        hire_office(team, hiring, root, office, role=role, title=title, size=size)
    return team


def set_head(department: Department, head: Member) -> None:
    department.head = head
    department.save(update_fields=["head"])


def hire_region(
    team: Team,
    hiring: Hiring,
    sales: Department,
    region: str,
    provinces: list[str],
    *,
    number: int,
    size: int,
) -> None:
    department = services.create_department(name=region, parent=sales, provinces=provinces)
    team.departments[region] = department
    first = number == 1
    manager = hiring.hire(
        "manager" if first else f"manager{number}",
        department=department,
        role="manager",
        title=f"{region}大区经理",
        name="马建国" if first else "",
    )
    set_head(department, manager)
    team.managers[region] = manager
    team.reps[region] = [
        hiring.hire(
            "rep" if first and seat == 1 else f"rep{number}{seat:02d}",
            department=department,
            role="rep",
            title="销售代表",
            name={1: "王磊", 2: "李敏"}.get(seat, "") if first else "",
        )
        for seat in range(1, size + 1)
    ]


def hire_office(
    team: Team,
    hiring: Hiring,
    root: Department,
    office: str,
    *,
    role: str,
    title: str,
    size: int,
) -> None:
    department = services.create_department(name=office, parent=root)
    team.departments[office] = department
    team.offices[role] = [
        hiring.hire(
            role if seat == 1 else f"{role}{seat}",
            department=department,
            role=role,
            title=office.removesuffix("部") + "经理" if seat == 1 else title,
        )
        for seat in range(1, size + 1)
    ]
    set_head(department, team.offices[role][0])
