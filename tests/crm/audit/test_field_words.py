"""The log tells every changed column in the reader's language, and records by their names."""

import ast
import re
from pathlib import Path

from django.conf import settings
from django.utils import translation

from crm.audit.detail_words import DETAILS, MORE
from crm.audit.field_words import TECHNICAL, field_words
from crm.audit.triggers import tracked_models
from crm.audit.wording import SILENT, other_details
from crm.tenancy.context import acting_as
from leads.models import Customer
from leads.services.customers import create_customer


def test_every_column_of_a_tracked_record_has_a_chinese_name():
    with translation.override("zh-hans"):
        left = [
            f"{model._meta.label_lower}.{field.name}"
            for model, _kept in tracked_models()
            for field in model._meta.concrete_fields
            if field.name not in TECHNICAL
            and not re.search("[一-鿿]", field_words(model, field, field.name))
            and field_words(model, field, field.name) not in {"Client ID", "AgentId", "CorpId"}
        ]
    assert left == []


def test_the_systems_own_reasons_are_told_in_the_readers_language():
    with translation.override("zh-hans"):
        told = dict(other_details({"reason": "permissions declared since"}))
        assert told == {"理由": "升级带来的权限"}
        assert dict(other_details({"reason": "离职"})) == {"理由": "离职"}


def test_a_column_of_the_past_keeps_its_name():
    assert field_words(Customer, None, "was_once") == "Was_once"


def test_a_record_that_a_change_points_at_is_named_to_who_may_see_it(tenant, sign_in):
    with acting_as(tenant.agent.pk):
        kept = create_customer(by=tenant.agent, name="苏州留下的公司")
        gone = create_customer(by=tenant.agent, name="无锡另一家公司")
        Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
    page = sign_in(tenant.owner).get(f"/{tenant.organization.slug}/log/?verb=change")
    assert "苏州留下的公司" in page.content.decode()


def test_what_a_line_says_has_words():
    """Every keyword that is given to `audit.record` is told by a word of its own, or is silent."""
    said = {
        word.arg
        for app in ("crm", "leads", "orders", "payments", "reports")
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record"
        for word in call.keywords
        if word.arg not in {None, "target"}
    }
    assert {"hidden", "reason"} <= said
    assert said - SILENT - set(DETAILS) - set(MORE) == set()
