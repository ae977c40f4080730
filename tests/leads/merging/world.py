"""Customers and leads with everything that can hang on them, and what the database holds of it."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from crm.access import grants
from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.teamwork.models import Comment, Notification, Task
from crm.tenancy.schema import is_history, tenant_models
from leads.enums import AliasSource, IdentityVerdict
from leads.models import (
    Contact,
    Customer,
    CustomerProtection,
    FollowUp,
    Lead,
    Merge,
    MergeStep,
    Opportunity,
    ShareRequest,
    Touch,
)
from leads.services.completion import complete_contact, complete_customer, complete_lead
from leads.services.identity import index, judge, learn_alias
from orders.models import Order, Quote
from payments.models import PayerAlias
from payments.services.aliases import key_index
from tests.support.cast import Cast

JOURNALS = (OperationLog, Notification, Job, Merge, MergeStep)
# They say that something happened, which it did.
CLOCKS = {"version", "updated_at"}


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every tenant table but journals, logs and history."""
    found = {}
    for model in tenant_models():
        if is_history(model) or model in JOURNALS:
            continue
        label = model._meta.label_lower
        left_out = CLOCKS | ({"id"} if label == "leads.identitykey" else set())
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if field.attname not in left_out and not field.attname.endswith("_search")
        ]
        rows = model._base_manager.values_list(*columns)
        found[label] = sorted(rows, key=repr)
    return found


class Graph:
    """Things that belong to a company, put there one by one as the test draws them."""

    def __init__(self, cast: Cast, stages: Any) -> None:
        self.cast, self.stages = cast, stages
        self.made = 0

    def number(self) -> int:
        self.made += 1
        return self.made

    def customer(self, name: str, **values: Any) -> Customer:
        one = Customer(name=name, number=f"C-{self.number()}", owner=self.cast.agent, **values)
        one.department_id = self.cast.agent.department_id
        complete_customer(one)
        one.save()
        index(one)
        return one

    def lead(self, name: str, **values: Any) -> Lead:
        one = Lead(company_name=name, number=f"L-{self.number()}", owner=self.cast.agent, **values)
        one.department_id = self.cast.agent.department_id
        complete_lead(one)
        one.save()
        index(one)
        return one

    def contact(self, customer: Customer, name: str, **values: Any) -> Contact:
        one = Contact(customer=customer, name=name, **values)
        complete_contact(one)
        one.save()
        index(one)
        return one

    def deal(self, customer: Customer, contact: Contact | None = None, lead: Any = None) -> Any:
        return Opportunity.objects.create(
            customer=customer,
            contact=contact,
            lead=lead,
            name="项目",
            number=f"O-{self.number()}",
            stage=next(iter(self.stages.values())),
            stage_changed_at=timezone.now(),
            owner=self.cast.agent,
        )

    def order(self, customer: Customer, contact: Contact | None = None) -> Order:
        return Order.objects.create(
            customer=customer, contact=contact, number=f"SO-{self.number()}", owner=self.cast.agent
        )

    def quote(self, customer: Customer, contact: Contact | None = None) -> Quote:
        return Quote.objects.create(
            customer=customer, contact=contact, number=f"QT-{self.number()}", owner=self.cast.agent
        )

    def add(self, kind: str, one: Any, variant: int) -> None:
        """One more thing of this kind on a customer or lead; variants meet each other's."""
        getattr(self, f"add_{kind}")(one, variant)

    def add_contact(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            phone = ("", "13800000001", "13800000002")[variant]
            contact = self.contact(
                one,
                ("李敏", "王强", "李敏")[variant],
                phone=phone,
                email=("li@a.cn", "", "")[variant],
                is_primary=not one.contacts.exists(),
            )
            self.deal(one, contact)
            self.order(one, contact)
            self.quote(one, contact)

    def add_deal(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            self.deal(one)

    def add_follow_up(self, one: Any, variant: int) -> None:
        key = "customer" if isinstance(one, Customer) else "lead"
        at = timezone.now() - timedelta(days=variant)
        FollowUp.objects.create(**{key: one}, member=self.cast.agent, at=at, is_effective=True)

    def add_work(self, one: Any, variant: int) -> None:
        about = {"subject_kind": one._meta.label_lower, "subject_id": one.pk}
        Task.objects.create(title="回电", owner=self.cast.agent, **about)
        Comment.objects.create(text="好", member=self.cast.agent, **about)

    def add_share(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            until = timezone.now() + timedelta(days=variant) if variant else None
            for receiver in (self.cast.northerner, self.cast.departments["north"]):
                grants.grant(receiver, "view", one, until=until)

    def add_payer(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            key = f"name:{variant}"
            if not PayerAlias.objects.filter(key_index=key_index(key), customer=one).exists():
                PayerAlias.objects.create(
                    key=key, customer=one, times=variant + 1, learned_at=timezone.now()
                )

    def add_protection(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            CustomerProtection.objects.get_or_create(
                customer=one,
                ended_at=None,
                defaults={
                    "holder": self.cast.agent,
                    "reason": "重点",
                    "until": date(2027, 1, variant + 1),
                },
            )

    def add_request(self, one: Any, variant: int) -> None:
        kind = "customer" if isinstance(one, Customer) else "lead"
        ShareRequest.objects.get_or_create(
            asker=self.cast.northerner, record_kind=kind, record_id=one.pk, state="waiting"
        )

    def add_touch(self, one: Any, variant: int) -> None:
        if isinstance(one, Lead):
            Touch.objects.create(channel="phone", lead=one, outcome="created")

    def add_alias(self, one: Any, variant: int) -> None:
        if isinstance(one, Customer):
            learn_alias(
                customer_id=one.pk, text=f"蓝鲸{'甲乙丙'[variant]}号公司", source=AliasSource.TYPED
            )

    def add_judgement(self, one: Any, variant: int) -> None:
        kind = "customer" if isinstance(one, Customer) else "lead"
        other = Customer.objects.exclude(pk=one.pk).order_by("pk").first()
        if other is not None:
            pair = ("customer", other.pk)
            judge((kind, one.pk), pair, IdentityVerdict.NOT_SAME, by=self.cast.manager)


KINDS = (
    "contact", "deal", "follow_up", "work", "share", "payer", "protection", "request", "touch",
    "alias", "judgement",
)  # fmt: skip
