"""A world that grows: some more of everything a list or a record page can show."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.approvals import services as approvals
from crm.approvals.enums import Verdict
from crm.approvals.models import Run
from crm.files.services import store_bytes
from crm.people.models import Member
from crm.people.services.absences import Away, record_absence
from crm.people.services.calendars import save_day
from crm.people.services.departments import create_department
from crm.people.services.invitations import Invited, invite
from crm.teamwork import services as teamwork
from crm.tenancy.context import acting_as
from leads.models import CollisionCase, Customer, Lead
from leads.services import assignment_rules, contacts, customers, follow_ups, opportunities
from leads.services import leads as leads_services
from orders.models import Order, PriceBook, Quote
from orders.services import approval, editing, offering, quotes
from payments.models import Statement, StatementLine
from payments.services import accounts, posting, proposing
from tests.leads.imports.files import checked, csv_upload, lead_row
from tests.orders.world import a_product, line, save, save_quote
from tests.support.cast import Cast, add_person


class World:
    """Everything belongs to the agent, so that the agent, the manager and the owner see it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.made = 0
        self.account = accounts.open_account(name="基本户", number="62220210", bank="icbc")
        self.product = a_product("P-0")
        with acting_as(cast.agent.pk):
            self.lead = self.new_lead(10_000)
            self.customer = self.new_customer(10_000)
            self.deal = self.new_deal(self.customer, 10_000)
            self.order = self.new_order(self.customer, lines=1)
            self.quote = self.new_quote(self.customer, lines=1)
        self.case = self.new_case(cast.colleague, 10_000)
        self.run = self.submit(self.new_order(self.customer, lines=1))
        self.statement = self.new_statement("s")

    def grow(self, count: int) -> None:
        """That many more of everything."""
        for number in range(self.made, self.made + count):
            with acting_as(self.cast.agent.pk):
                self.add_sales(number)
                self.add_story(number)
            self.add_work(number)
            self.new_case(self.cast.colleague, number)
            teamwork.add_comment(subject=self.case, member=self.agent, text=f"说明 {number}")
            self.add_catalogue(number)
            self.add_money(number)
            self.add_people(number)
            with acting_as(self.cast.marketing.pk):
                self.add_marketing(number)
        self.made += count
        self.give_lines()
        proposing.propose_matches()

    @property
    def agent(self) -> Member:
        return self.cast.agent

    def new_lead(self, number: int) -> Lead:
        return leads_services.create_lead(
            by=self.agent,
            owner=self.agent,
            company_name=lead_row(number)[0],
            phone=lead_row(number)[2],
            explanation="test",
        )

    def new_case(self, newcomer: Member, number: int) -> CollisionCase:
        """Another rep enters one of the agent's leads as their own."""
        with acting_as(newcomer.pk):
            name = lead_row(number)[0]
            leads_services.create_lead(
                by=newcomer, owner=newcomer, company_name=name, explanation="test"
            )
        case: CollisionCase = CollisionCase.objects.order_by("-pk")[0]
        return case

    def new_customer(self, number: int) -> Customer:
        name = f"杭州{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}软件有限公司"
        return customers.create_customer(by=self.agent, name=name, explanation="test")

    def new_deal(self, customer: Customer, number: int):
        return opportunities.create_opportunity(
            customer_id=customer.pk,
            by=self.agent,
            name=f"项目 {number}",
            amount=Decimal("120000.00"),
            next_step="报价",
            next_step_at=timezone.now() - timedelta(hours=1),
        )

    def new_order(self, customer: Customer, *, lines: int) -> Order:
        order = editing.begin_order(customer=customer, by=self.agent)
        return save(order, *[line(self.product, "10")] * lines, order_date=date(2026, 11, 2))

    def new_quote(self, customer: Customer, *, lines: int) -> Quote:
        quote = quotes.begin_quote(customer=customer, by=self.agent)
        return save_quote(quote, *[line(self.product, "10")] * lines)

    def new_statement(self, name: str) -> Statement:
        file = store_bytes(name.encode(), name=f"{name}.csv", purpose="statement")
        return Statement.objects.create(account=self.account, file=file)

    def submit(self, order: Order) -> Run:
        with acting_as(self.agent.pk):
            return approval.submit_order(order_id=order.pk, by=self.agent)

    def approve(self, run: Run) -> None:
        """Everybody says yes in turn."""
        for part in ("manager", "finance"):
            member = self.cast.members[part]
            with acting_as(member.pk):
                approvals.decide(run_id=run.pk, by=member, verdict=Verdict.APPROVE)

    def add_sales(self, number: int) -> None:
        """A lead, a customer with a contact, a deal, an order; and the same on one customer."""
        self.new_lead(number)
        customer = self.new_customer(number)
        for one in (customer, self.customer):
            contacts.create_contact(customer_id=one.pk, by=self.agent, name=f"李{number}")
            self.new_deal(one, number)
        self.add_quotes(number)

    def add_quotes(self, number: int) -> None:
        """A quote with the customer, and a line more on the one that is written."""
        quote = self.new_quote(self.customer, lines=2)
        offering.send_quote(quote_id=quote.pk, by=self.agent)
        save_quote(self.quote, *[line(self.product, "1")] * (number + 1))

    def add_story(self, number: int) -> None:
        """A follow-up and a comment on each kind of record."""
        for subject in (self.lead, self.customer, self.deal):
            follow_ups.log_follow_up(
                subject=subject,
                by=self.agent,
                content=f"沟通 {number}",
                outcome="interested",
                next_step=f"报价 {number}",
                next_step_at=timezone.now() + timedelta(days=number),
            )
            teamwork.add_comment(subject=subject, member=self.agent, text=f"备注 {number}")
        teamwork.add_comment(subject=self.quote, member=self.agent, text=f"报价 {number}")

    def add_work(self, number: int) -> None:
        """A task, a notice, an order in approval."""
        for part in ("owner", "manager", "agent", "finance"):
            member = self.cast.members[part]
            due = timezone.now() - timedelta(hours=2)
            teamwork.create_task(title=f"任务 {number}", owner=member, due_at=due)
            teamwork.notify(member_ids=[member.pk], kind="task_assigned", title=f"通知 {number}")
        self.submit(self.new_order(self.customer, lines=2))

    def add_catalogue(self, number: int) -> None:
        """A product, a price book, a rule; a line on the one order."""
        a_product(f"P-{number + 1}")
        PriceBook.objects.create(name=f"价目 {number}")
        assignment_rules.save_rule(
            name=f"规则 {number}",
            conditions=[{"field": "province", "op": "in", "value": ["31"]}],
            strategy="round_robin",
        )

    def add_money(self, number: int) -> None:
        """An approved order with its plan, a statement, a matched line and an open one."""
        order = self.new_order(self.new_customer(20_000 + number), lines=1)
        self.approve(self.submit(order))
        accounts.open_account(name=f"账户 {number}", number=f"6222{number:06}", bank="cmb")
        self.new_statement(str(number))
        instalment = order.payment_plans.get().instalments.order_by("position").first()
        values = {"booking_date": date(2026, 11, 2), "value_date": date(2026, 11, 2)}
        matched, _open = (
            StatementLine.objects.create(
                account=self.account,
                statement=self.statement,
                row=2 * number + row,
                amount=instalment.amount,
                fingerprint=f"{number}-{row}",
                counterparty_name=order.customer.name,
                **values,
            )
            for row in (1, 2)
        )
        with acting_as(self.cast.finance.pk):
            half = {instalment.pk: instalment.amount}
            posting.post_line(line_id=matched.pk, shares=half, by=self.cast.finance)

    def add_marketing(self, number: int) -> None:
        """An import with its dry run, and a lead that nobody got."""
        rows = [lead_row(1_000 + 10 * number + row) for row in range(2)]
        checked(csv_upload(rows), by=self.cast.marketing)
        leads_services.create_lead(
            by=self.cast.marketing, company_name=lead_row(5_000 + number)[0], explanation="test"
        )

    def add_people(self, number: int) -> None:
        """A department with a member who is away and reports to the agent, an invitation, a day."""
        region = self.cast.departments["east"]
        part = create_department(name=f"分部 {number}", parent=region, head=self.agent)
        self.cast.departments[f"part{number}"] = part
        member = add_person(self.cast, f"person{number}", department=f"part{number}", role="rep")
        self.new_case(member, 10_000)
        Member.objects.filter(pk=member.pk).update(superior=self.agent, skills=[f"技能 {number}"])
        start = timezone.now() - timedelta(hours=1)
        for away, begin in ((member, start), (self.agent, start + timedelta(days=2 * number + 2))):
            days = Away(start_at=begin, end_at=begin + timedelta(days=1), deputy=self.cast.manager)
            record_absence(member_id=away.pk, away=days, by=away)
        with acting_as(self.cast.owner.pk):
            invite(
                invited=Invited(email=f"new{number}@new.test", name=f"新人 {number}"),
                by=self.cast.owner,
            )
        day = date(timezone.localdate().year, 3, 1) + timedelta(days=number)
        save_day(on=day, kind="off", name=f"假日 {number}")

    def give_lines(self) -> None:
        """As many lines on the one order as there are of everything else."""
        with acting_as(self.agent.pk):
            save(self.order, *[line(self.product, "1")] * (self.made + 1))
