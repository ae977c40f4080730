"""What the demo's people can do, when they work, and who is away just now."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from crm.people.models import DayKind, Invitation, Member
from crm.people.services.absences import Away, record_absence
from crm.people.services.calendars import save_calendar, save_day, set_member_week
from crm.people.week import load_week, usual_week
from reports.demo import DOMAIN
from reports.demo.people import REGIONS, Team

SKILLS = ("英语", "日语", "激光设备", "自动化产线", "医药行业", "政府采购", "招投标", "售前方案")
INDUSTRIES = ("machinery", "electronics", "automotive", "medical", "chemicals", "software")
LATE_WEEK = {str(day): [["10:00", "12:30"], ["13:30", "19:00"]] for day in range(5)}


def fill(team: Team) -> None:
    """Skills and regions of the reps, the year's own days, absences with deputies."""
    give_skills(team)
    set_hours(team)
    record_absences(team)
    invite_one(team)


def give_skills(team: Team) -> None:
    """Every rep serves a part of their region; some have a skill or two."""
    changed: list[Member] = []
    for region, reps in team.reps.items():
        provinces = REGIONS[region][0]
        for seat, rep in enumerate(reps):
            rep.provinces = [provinces[seat % len(provinces)]]
            rep.skills = [SKILLS[(seat * 3 + one) % len(SKILLS)] for one in range(seat % 3)]
            rep.industries = [INDUSTRIES[seat % len(INDUSTRIES)]] if seat % 2 else []
            rep.deputy = reps[(seat + 1) % len(reps)] if seat % 4 == 0 else None
            changed.append(rep)
    Member.objects.bulk_update(changed, ["provinces", "skills", "industries", "deputy"])


def set_hours(team: Team) -> None:
    """The usual week with the public holidays, one day of the company's own, a late starter."""
    save_calendar(week=load_week(usual_week()), follows_public_holidays=True)
    year = timezone.localdate().year
    save_day(on=date(year, 12, 31), kind=DayKind.WORKING, name="年终盘点", spans=[(540, 720)])
    save_day(on=last_friday(year, 3), kind=DayKind.OFF, name="公司年会")
    set_member_week(member_id=team.offices["service"][1].pk, week=load_week(LATE_WEEK))


def last_friday(year: int, month: int) -> date:
    """The last Friday of a month."""
    last = date(year, month + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def record_absences(team: Team) -> None:
    """Somebody is ill, somebody travels, somebody will be on leave."""
    east, north = team.reps["华东"], team.reps["华北"]
    plans = (
        (east[4], -1, 2, "sick", east[5]),
        (north[2], 0, 3, "travel", north[3]),
        (team.offices["finance"][2], 3, 8, "leave", team.offices["finance"][3]),
        (team.managers["西南"], 6, 10, "training", team.reps["西南"][0]),
        (east[7], -30, -25, "leave", east[8]),
    )
    for member, first, last, kind, deputy in plans:
        away = Away(start_at=midnight(first), end_at=midnight(last), kind=kind, deputy=deputy)
        record_absence(member_id=member.pk, away=away, by=member)


def midnight(days: int) -> datetime:
    """The beginning of a day, counted from today."""
    on = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(on, time()))


def invite_one(team: Team) -> None:
    """An invitation that nobody has followed yet; its link was lost."""
    now = timezone.now()
    Invitation.objects.create(
        email=f"newcomer@{DOMAIN}",
        name="沈佳宁",
        department=team.departments["华南"],
        title="销售代表",
        invited_by=team.administrator,
        asked_at=now - timedelta(days=2),
        sent_at=now - timedelta(days=2),
        expires_at=now + timedelta(days=5),
    )
