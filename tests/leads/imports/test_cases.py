"""An import opens its collision cases by itself: in bulk, once, and told once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.people.models import Department, Member
from crm.teamwork.models import Notification
from crm.tenancy.context import acting_as
from crm.tenancy.links import tenant_url
from leads.enums import CaseState, CollisionOrigin, CollisionOutcome, CollisionSide
from leads.models import CollisionCase, CollisionParty, CollisionRecord, ImportBatch, Lead, Touch
from leads.selectors import case_names
from leads.selectors.imports_cases import foreseen
from leads.services import imports, imports_plan, imports_run
from leads.services.case_decisions import decide
from leads.services.case_enforcement import Ruling
from leads.services.leads import create_lead
from leads.services.merging import merge
from tests.leads.imports.files import checked, csv_upload, imported, lead_row, work
from tests.leads.imports.test_check import known_lead
from tests.support.cast import add_person

NORTHERN = "北京远航软件有限公司"
EASTERN = "苏州同光精密机械有限公司"


@pytest.fixture
def director(tenant):
    """Stands above everybody."""
    boss = add_person(tenant, "director", department="office", role="manager", name="总监")
    Department.objects.filter(pk=tenant.departments["office"].pk).update(head=boss)
    return boss


@pytest.fixture
def owned(tenant) -> Lead:
    return known_lead(owner=tenant.northerner, company_name=NORTHERN, phone="13911112222")


def row_of(lead: Lead) -> tuple[str, ...]:
    return (lead.company_name, "陈总", lead.phone, "", "", "展会上要报价")


def sides(case: CollisionCase) -> dict[str, str]:
    rows = CollisionParty.objects.filter(case=case).values_list("member__name", "side")
    return {str(name): side for name, side in rows}


class TestCollidedRows:
    def test_a_row_of_nobody_joins_an_open_case_without_taking_it_away(self, tenant):
        """Marketing brings a client again about which two reps of the east are in a case."""
        known = known_lead(owner=tenant.agent, company_name=EASTERN, phone="13911112222")
        with acting_as(tenant.colleague.pk):
            create_lead(
                by=tenant.colleague, owner=tenant.colleague, company_name=EASTERN, explanation="急"
            )
        for _time in range(2):
            batch = imported(csv_upload([row_of(known)]), by=tenant.marketing)
            case = CollisionCase.objects.get()
            assert Touch.objects.get(import_batch=batch).case == case
        assert case.decider == tenant.manager
        assert sides(case)["吴市场"] == CollisionSide.MANAGER

    def test_a_row_that_meets_anothers_client_opens_a_case(self, tenant, director, owned):
        batch = imported(csv_upload([lead_row(1), row_of(owned)]), by=tenant.marketing)
        case = CollisionCase.objects.get()
        assert (case.origin, case.subject_kind, case.subject_id) == ("import", "lead", owned.pk)
        assert (case.decider, case.opened_by) == (director, tenant.marketing)
        assert case.due_at is not None
        # the client cannot go to who only brings rows: they are told, as a manager is
        assert sides(case)["赵北"] == CollisionSide.HOLDER
        assert sides(case)["吴市场"] == CollisionSide.MANAGER
        assert CollisionRecord.objects.get(case=case).is_held
        touch = Touch.objects.get(import_batch=batch, outcome="collided")
        assert touch.case == case
        assert touch.payload["values"][-1] == row_of(owned)[-1]
        assert Touch.objects.get(outcome="created").case is None

    def test_a_files_name_is_for_who_may_see_the_import(self, tenant, director, owned, sign_in):
        """Whom else the file is about is none of the other parties' business."""
        imported(csv_upload([row_of(owned)], name="离职员工客户.csv"), by=tenant.marketing)
        page = tenant_url(tenant.organization, "leads:case", CollisionCase.objects.get().pk)
        assert "Row 2 of 离职员工客户.csv" in sign_in(tenant.marketing).get(page).content.decode()
        html = sign_in(tenant.northerner).get(page).content.decode()
        assert "Row 2 of an import" in html
        assert "离职员工客户" not in html

    def test_one_file_opens_one_case_per_client_and_joins_open_ones(self, tenant, director, owned):
        rows = [row_of(owned), row_of(owned)]
        imported(csv_upload(rows), by=tenant.marketing)
        imported(csv_upload(rows), by=tenant.owner)
        case = CollisionCase.objects.get()
        assert Touch.objects.filter(case=case).count() == 4
        assert sides(case)["周总"] == CollisionSide.NEWCOMER
        assert sides(case)["吴市场"] == CollisionSide.MANAGER
        assert CollisionParty.objects.filter(case=case, side="newcomer").count() == 1

    def test_what_was_settled_is_not_opened_by_the_same_importer_again(
        self, tenant, director, owned, as_member
    ):
        imported(csv_upload([row_of(owned)]), by=tenant.marketing)
        case = CollisionCase.objects.get()
        with as_member(director):
            ruling = Ruling(CollisionOutcome.KEEP, tenant.northerner, reason="一直在跟")
            decide(case_id=case.pk, by=director, ruling=ruling)
        again = imported(csv_upload([row_of(owned)]), by=tenant.marketing)
        assert CollisionCase.objects.get().state != CaseState.OPEN
        assert Touch.objects.get(import_batch=again).case == case

    def test_ones_own_arrivals_are_no_conflict(self, tenant, director):
        rows = [lead_row(n) for n in range(4)]
        imported(csv_upload(rows), by=tenant.marketing)
        again = imported(csv_upload(rows), by=tenant.marketing)
        assert again.results == {"collided": 4}
        assert not CollisionCase.objects.exists()

    def test_the_case_is_about_what_the_record_became(self, tenant, director, owned):
        kept = known_lead(owner=tenant.northerner, company_name="北京远航软件股份有限公司")
        batch = checked(csv_upload([row_of(owned)]), by=tenant.marketing)
        merge(kept=kept, gone=owned, by=tenant.owner)
        imports.start_import(batch_id=batch.pk)
        work(batch)
        assert CollisionCase.objects.get().subject_id == kept.pk


class TestProbableDuplicates:
    @pytest.fixture
    def alike(self, tenant) -> Lead:
        return known_lead(owner=tenant.northerner, company_name=EASTERN)

    def test_taken_in_it_is_a_lead_in_a_case(self, tenant, director, alike):
        upload = csv_upload([("同光精密机械", "", "", "", "江苏", "")])
        batch = imported(upload, by=tenant.marketing, include_probable=True)
        lead = Lead.objects.get(import_batch=batch)
        case = CollisionCase.objects.get()
        newcomers = CollisionRecord.objects.get(case=case, is_held=False)
        assert (newcomers.record_kind, newcomers.record_id) == ("lead", lead.pk)
        assert (newcomers.owner, newcomers.origin) == (lead.owner, CollisionOrigin.IMPORT)
        assert newcomers.reasons
        assert sides(case)[lead.owner.name] == CollisionSide.NEWCOMER
        assert Touch.objects.get(lead=lead).case == case

    def test_left_out_it_opens_nothing(self, tenant, director, alike):
        imported(csv_upload([("同光精密机械", "", "", "", "江苏", "")]), by=tenant.marketing)
        assert not CollisionCase.objects.exists()

    def test_of_ones_own_there_is_no_case_but_a_merge_is_suggested(self, tenant, director, sign_in):
        for one in (tenant.colleague, tenant.northerner):
            Member.objects.filter(pk=one.pk).update(is_active=False)
        mine = known_lead(owner=tenant.agent, company_name=EASTERN)
        upload = csv_upload([("同光精密机械", "", "", "", "江苏", "")])
        batch = imported(upload, by=tenant.marketing, include_probable=True)
        made = Lead.objects.get(import_batch=batch)
        assert made.owner == mine.owner == tenant.agent
        assert not CollisionCase.objects.exists()

    def test_two_like_rows_given_to_two_reps_are_a_case(self, tenant, director):
        rows = [(EASTERN, "", "", "", "", ""), ("苏州同广精密机械有限公司", "", "", "", "", "")]
        batch = imported(csv_upload(rows), by=tenant.marketing, include_probable=True)
        first, second = Lead.objects.filter(import_batch=batch).order_by("id")
        assert first.owner != second.owner
        case = CollisionCase.objects.get()
        assert case.subject_id == first.pk
        assert set(sides(case)) >= {first.owner.name, second.owner.name}


class TestInBulk:
    @pytest.fixture
    def many(self, tenant, director):
        return [
            known_lead(
                owner=tenant.northerner, company_name=lead_row(n)[0], phone=f"1390000{n:04d}"
            )
            for n in range(12)
        ]

    def test_everybody_is_told_once(self, tenant, director, many):
        imported(csv_upload([row_of(one) for one in many]), by=tenant.marketing)
        assert CollisionCase.objects.count() == 12
        told = Notification.objects.exclude(kind="import-finished")
        assert sorted(told.values_list("member__name", "kind")) == [
            ("总监", "case-to-decide"), ("赵北", "lead-collision"),
        ]  # fmt: skip
        assert set(told.values_list("title", flat=True)) == {f"{many[0].company_name} +11"}

    def test_it_asks_the_database_as_often_for_twelve_as_for_three(self, tenant, director, many):
        def queries(part):
            batch = checked(csv_upload([row_of(one) for one in part]), by=tenant.marketing)
            imports.start_import(batch_id=batch.pk)
            with CaptureQueriesContext(connection) as asked:
                imports_run.run_chunk(batch.pk)
            return len(asked)

        queries(many[:1])
        assert queries(many[1:3]) == queries(many[3:])

    def test_a_chunk_opens_few_cases_and_the_page_says_how_many_rows_are_through(
        self, tenant, director, many, sign_in, monkeypatch
    ):
        monkeypatch.setattr(imports_plan, "MOST_MEETING", 5)
        rows = [lead_row(900), *(row_of(one) for one in many), lead_row(901)]
        batch = checked(csv_upload(rows), by=tenant.marketing)
        imports.start_import(batch_id=batch.pk)
        browser, page = sign_in(tenant.marketing), f"/acme/leads/import/{batch.pk}/"
        for collided in (5, 10):
            imports_run.run_chunk(batch.pk)
            assert CollisionCase.objects.count() == collided
            html = browser.get(page).content.decode()
            assert f">{collided} / 12</span>" in html
        work(batch)
        assert Touch.objects.filter(import_batch=batch).count() == 14

    def test_one_client_in_every_row_is_one_case_with_one_newcomer(
        self, tenant, director, owned, sign_in, monkeypatch
    ):
        monkeypatch.setattr(imports_plan, "MOST_MEETING", 10)
        monkeypatch.setattr(case_names, "MOST_ARRIVALS", 3)
        same = [one for one in row_of(owned) if one]
        rows = [(*row_of(owned)[:-1], f"第{n}次询价") for n in range(25)]
        imported(csv_upload(rows), by=tenant.colleague)
        case = CollisionCase.objects.get()
        assert Touch.objects.filter(case=case).count() == 25
        assert CollisionParty.objects.filter(case=case, side="newcomer").count() == 1
        assert CollisionRecord.objects.filter(case=case).count() == 1
        names = case_names.CaseNames(tenant.colleague, [case.pk])
        assert names.of_case(case.pk, case.title) == NORTHERN
        assert len(names.typed[case.pk]) == len(same[:-1]) + 3

    def test_telling_many_reps_asks_as_often_as_telling_one(self, tenant, director):
        reps = [add_person(tenant, f"rep{n}", department="north", role="rep") for n in range(5)]
        theirs = [
            known_lead(owner=rep, company_name=lead_row(n)[0], phone=f"1390000{n:04d}")
            for n, rep in enumerate(reps)
        ]

        def queries(part):
            batch = checked(csv_upload([row_of(one) for one in part]), by=tenant.marketing)
            imports.start_import(batch_id=batch.pk)
            imports_run.run_chunk(batch.pk)
            with CaptureQueriesContext(connection) as asked:
                imports_run.run_chunk(batch.pk)
            return len(asked)

        assert queries(theirs[:1]) == queries(theirs[1:])
        assert Notification.objects.filter(kind="lead-collision").count() == 5

    def test_a_killed_worker_leaves_no_case_twice(self, tenant, director, many, monkeypatch):
        monkeypatch.setattr(imports_run, "CHUNK", 5)
        batch = checked(csv_upload([row_of(one) for one in many]), by=tenant.marketing)
        imports.start_import(batch_id=batch.pk)
        with monkeypatch.context() as dying:
            real, calls = imports_run.write_touches, []

            def die_in_the_second(*args, **kwargs):
                calls.append(1)
                if len(calls) == 2:
                    raise KeyboardInterrupt
                return real(*args, **kwargs)

            dying.setattr(imports_run, "write_touches", die_in_the_second)
            with pytest.raises(KeyboardInterrupt):
                imports_run.run(batch.organization_id, batch.pk)
        assert CollisionCase.objects.count() == 5
        work(batch)
        assert CollisionCase.objects.count() == 12
        assert Touch.objects.exclude(case=None).count() == 12
        assert Notification.objects.filter(kind="lead-collision").count() == 1

    def test_the_preview_says_how_many(self, tenant, director, many):
        rows = [row_of(one) for one in many] + [row_of(many[0])]
        rows += [("同光精密机械", "", "", "", "江苏", "")]
        known_lead(owner=tenant.northerner, company_name=EASTERN)
        batch = checked(csv_upload(rows), by=tenant.marketing)
        assert foreseen(batch) == (12, 1)


class TestPages:
    def test_many_cases_want_a_word(self, tenant, director, owned, sign_in, monkeypatch):
        monkeypatch.setattr("leads.forms.imports.MANY_CASES", 0)
        monkeypatch.setattr("leads.views.imports.MANY_CASES", 0)
        batch = checked(csv_upload([row_of(owned)]), by=tenant.marketing)
        browser = sign_in(tenant.marketing)
        page = tenant_url(tenant.organization, "leads:import", batch.pk)
        html = browser.get(page).content.decode()
        assert "The file meets 1 client of another rep" in html
        start = tenant_url(tenant.organization, "leads:import_start", batch.pk)
        assert browser.post(start, {}).status_code == 422
        assert browser.post(start, {"agreed": "1"}).status_code == 302
        work(batch)
        assert "?in_case=yes" in browser.get(page).content.decode()
        arrivals = tenant_url(tenant.organization, "leads:import_touches", batch.pk)
        assert CollisionCase.objects.get().number in browser.get(arrivals).content.decode()

    def test_the_case_shows_the_row_and_its_cells_to_whom_they_concern(
        self, tenant, director, owned, sign_in
    ):
        imported(csv_upload([row_of(owned)]), by=tenant.marketing)
        page = tenant_url(tenant.organization, "leads:case", CollisionCase.objects.get().pk)
        for member, sees in (
            (director, True),
            (tenant.marketing, True),
            (tenant.northerner, False),
        ):
            html = sign_in(member).get(page).content.decode()
            # whoever decides reads the row, not of whom else the file tells
            file = "线索.csv" if member == tenant.marketing else "an import"
            assert f"Row 2 of {file}" in html
            assert ("展会上要报价" in html) == sees


class TestResultPage:
    def test_leads_that_are_all_in_cases_lead_there(self, tenant, director, sign_in):
        known_lead(owner=tenant.northerner, company_name=EASTERN)
        upload = csv_upload([("同光精密机械", "", "", "", "江苏", "")])
        batch = imported(upload, by=tenant.marketing, include_probable=True)
        assert batch.results == {"created": 1}
        html = sign_in(tenant.marketing).get(f"/acme/leads/import/{batch.pk}/").content.decode()
        assert "To the collision cases" in html
        assert "To the leads" not in html

    def test_rows_that_became_nothing_new_are_what_there_is_to_see(self, tenant, sign_in):
        known = known_lead(company_name=EASTERN, phone="13812345678")
        batch = imported(csv_upload([row_of(known)]), by=tenant.marketing)
        assert batch.results == {"attached": 1}
        html = sign_in(tenant.marketing).get(f"/acme/leads/import/{batch.pk}/").content.decode()
        assert "What became of the rows" in html
        assert "To the leads" not in html

    def test_rows_that_all_went_into_cases_are_said_once_and_lead_there(
        self, tenant, director, owned, sign_in
    ):
        batch = imported(csv_upload([row_of(owned)]), by=tenant.marketing)
        browser = sign_in(tenant.marketing)
        page = f"/{tenant.organization.slug}/leads/import/{batch.pk}/"
        html = browser.get(page).content.decode()
        assert "To the collision cases" in html
        assert "To the leads" not in html
        assert "In collision cases" not in html
        assert "each in a collision case" in html

    def test_when_all_rows_are_in_the_bar_makes_way_for_what_goes_on(
        self, tenant, director, owned, sign_in
    ):
        batch = imported(csv_upload([row_of(owned)]), by=tenant.marketing)
        ImportBatch.objects.filter(pk=batch.pk).update(state="running")
        page = f"/{tenant.organization.slug}/leads/import/{batch.pk}/"
        html = sign_in(tenant.marketing).get(page).content.decode()
        assert "Its cases are settled now" in html
        assert "1 / 1" not in html
