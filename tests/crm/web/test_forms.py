"""Forms show the present tenant's choices, speak at the field, and answer by frame."""

import json
from decimal import Decimal

import pytest
from django import forms

from crm.people.models import Department, Member
from crm.tenancy.context import tenant_context
from crm.web.forms import DepartmentField, MemberField, MoneyField, TenantForm, TenantModelForm

FORM = "/acme/gallery/form/"
GOOD = {"company": "苏州同光", "amount": "1.5万", "source": "fair", "go": "1"}


class PlainForm(TenantForm):
    owner = MemberField(required=False)
    department = DepartmentField(required=False)
    amount = MoneyField(required=False)


class MemberForm(TenantModelForm):
    class Meta:
        model = Member
        fields = ("name", "department")


def test_choices_are_rebound_to_the_present_tenant(cast, other_cast):
    names = {}
    for one in (cast, other_cast):
        with tenant_context(one.organization.id):
            form = PlainForm()
            names[one.organization.slug] = set(form.fields["owner"].queryset)
            model_form = MemberForm()
            assert {d.organization_id for d in model_form.fields["department"].queryset} == {
                one.organization.id
            }
    assert names["acme"].isdisjoint(names["globex"])
    assert names["acme"] == set(cast.members.values())


def test_another_tenants_record_is_not_a_valid_choice(cast, other_cast):
    with tenant_context(cast.organization.id):
        form = PlainForm({"owner": other_cast.agent.pk})
        assert not form.is_valid()


def test_departments_are_indented(tenant):
    labels = [label for _value, label in PlainForm().fields["department"].choices]
    assert "　华东" in labels
    assert Department.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1,234.50", "1234.50"), ("¥88", "88"), ("1.5万", "15000"), ("￥1，000", "1000")],
)
def test_money_is_read_as_people_write_it(tenant, typed, amount):
    form = PlainForm({"amount": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == Decimal(amount)


@pytest.mark.parametrize("typed", ["abc", "1.234", "NaN", "万", "1e99"])
def test_money_refuses_what_is_none(tenant, typed):
    assert not PlainForm({"amount": typed}).is_valid()


def test_a_wrong_field_is_marked_for_eyes_and_screen_readers(tenant):
    field = PlainForm({"amount": "abc"})["amount"]
    html = str(field)
    assert "is-invalid" in html
    assert 'aria-invalid="true"' in html
    assert "invalid-feedback" in str(field.errors)


def test_every_widget_gets_its_class(tenant):
    class All(TenantForm):
        a = forms.CharField()
        b = forms.ChoiceField(choices=[])
        c = forms.BooleanField()

    form = All()
    assert [form.fields[n].widget.attrs["class"] for n in "abc"] == [
        "form-control",
        "form-select",
        "form-check-input",
    ]


@pytest.fixture
def browser(cast, sign_in):
    return sign_in(cast.owner)


def test_a_form_works_without_script(browser):
    assert b"<!doctype html>" in browser.get(FORM).content
    wrong = browser.post(FORM, GOOD | {"company": ""})
    assert wrong.status_code == 422
    assert b"<!doctype html>" in wrong.content
    assert browser.post(FORM, GOOD).status_code == 302


@pytest.mark.parametrize("frame", ["drawer", "modal"])
def test_in_a_frame_there_is_no_page_and_success_closes_it(browser, frame):
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_X_FRAME": frame}
    shown = browser.get(FORM, **headers)
    assert b"<!doctype" not in shown.content
    assert b"<form" in shown.content
    target = {"HTTP_HX_TARGET": "form-sampleform"}
    wrong = browser.post(FORM, GOOD | {"company": ""}, **headers, **target)
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith('<form id="form-sampleform"')
    saved = browser.post(FORM, GOOD, **headers, **target)
    assert saved.status_code == 204
    assert {"tz:close-frame", "tz:toast", "tz:form-saved"} <= set(
        json.loads(saved.headers["HX-Trigger"])
    )


def test_on_a_page_htmx_is_sent_on(browser):
    saved = browser.post(FORM, GOOD, HTTP_HX_REQUEST="true")
    assert saved.headers["HX-Redirect"] == "/acme/gallery/"
