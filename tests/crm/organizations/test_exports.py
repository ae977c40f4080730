"""A full export: everything of one organisation, of one moment, and nothing of another."""

import csv
import hashlib
import io
import json
import threading
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from crm.files import services as files
from crm.jobs import services as job_services
from crm.jobs.models import Job
from crm.organizations.models import Export, ExportState
from crm.organizations.services import exporting
from crm.people.models import User
from crm.tenancy.context import acting_as, tenant_context
from crm.tenancy.schema import tenant_models
from leads.models import Lead
from leads.services.leads import create_lead
from tests.support import restoring
from tests.support.cast import build_cast
from tests.support.growth import World

pytestmark = pytest.mark.slow


@pytest.fixture
def pair(real_transactions, worker_name):
    """Two organisations, both with rows in many tables."""
    return restoring.committed(f"tongzhou_test_{worker_name}", two_full_ones)


def two_full_ones():
    casts = [build_cast("acme"), build_cast("globex")]
    for cast in casts:
        with tenant_context(cast.organization.pk):
            World(cast).grow(2)
    return casts


def ask(cast, reason="Moving house"):
    with tenant_context(cast.organization.pk), acting_as(cast.owner.pk):
        return exporting.request_export(by=cast.owner, reason=reason)


def run(cast, export):
    job_services.run(cast.organization.pk, export.job_id)
    with tenant_context(cast.organization.pk):
        return Export.objects.get(pk=export.pk)


def rows_of(archive, table):
    with archive.open(f"tables/{table}.csv") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))


def test_everything_is_in_it_and_nothing_of_the_neighbour(pair, sign_in):
    acme, globex = pair
    with tenant_context(acme.organization.pk):
        files.store_bytes(b"hello", name="../../evil.txt", purpose="test")
        expected = {model._meta.db_table: model.objects.count() for model in tenant_models()
                    if hasattr(model, "objects")}  # fmt: skip
    export = run(acme, ask(acme))
    assert export.state == ExportState.READY
    path = exporting.path_of(export)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == export.sha256
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert all(not name.startswith("/") and ".." not in name.split("/") for name in names)
        manifest = json.loads(archive.read("manifest.json"))
        listed = {piece["file"]: piece for piece in manifest["contents"]}
        assert set(names) == {*listed, "manifest.json"}
        for name, piece in listed.items():
            data = archive.read(name)
            assert hashlib.sha256(data).hexdigest() == piece["sha256"], name
            assert len(data) == piece["bytes"]
        for model in tenant_models():
            table = model._meta.db_table
            found = rows_of(archive, table)
            assert len(found) == listed[f"tables/{table}.csv"]["rows"], table
            assert {row["organization_id"] for row in found} <= {str(acme.organization.pk)}
            if table in expected and table not in {"jobs_job", "audit_operationlog",
                                                   "organizations_export"}:  # fmt: skip
                assert len(found) == expected[table], table
        assert len(rows_of(archive, "leads_lead")) > 3
        assert [row["id"] for row in rows_of(archive, "organization")] == [
            str(acme.organization.pk)
        ]
        emails = {row["email"] for row in rows_of(archive, "users")}
        assert "agent@acme.test" in emails
        assert not any("globex" in email for email in emails)
        assert any(name.startswith("files/") and name.endswith("evil.txt") for name in names)
        whole = b"".join(archive.read(name) for name in names)
        assert b"globex" not in whole.lower()


def test_nothing_that_opens_doors_is_in_it(pair):
    acme, _globex = pair
    export = run(acme, ask(acme))
    with zipfile.ZipFile(exporting.path_of(export)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for piece in manifest["contents"]:
            for column in piece["columns"]:
                assert not any(word in column for word in exporting.SECRET_WORDS), column
        with tenant_context(acme.organization.pk):
            hashed = User.objects.get(email="agent@acme.test").password
        assert hashed.encode() not in archive.read("tables/users.csv")
        left_out = {f"{p['file']}:{c}" for p in manifest["contents"] for c in p["left_out"]}
    assert any("payments" in name for name in left_out)


def test_rows_that_change_meanwhile_do_not_mix(pair, monkeypatch):
    acme, _globex = pair
    with tenant_context(acme.organization.pk):
        before = Lead.objects.count()
    changed = threading.Event()
    plain = exporting.Archive.add_model

    def slowly(self, model):
        if not changed.is_set():
            changed.set()
            worker = threading.Thread(target=change)
            worker.start()
            worker.join()
        plain(self, model)

    def change():
        try:
            with tenant_context(acme.organization.pk), acting_as(acme.agent.pk):
                Lead.objects.update(company_name="Changed meanwhile")
                create_lead(by=acme.agent, company_name="New meanwhile", explanation="test")
        finally:
            connection.close()

    monkeypatch.setattr(exporting.Archive, "add_model", slowly)
    export = run(acme, ask(acme))
    with zipfile.ZipFile(exporting.path_of(export)) as archive:
        found = rows_of(archive, "leads_lead")
    assert len(found) == before
    assert "Changed meanwhile" not in {row["company_name"] for row in found}
    with tenant_context(acme.organization.pk):
        assert Lead.objects.count() == before + 1


def test_a_broken_export_is_written_again_from_the_start(pair, monkeypatch):
    acme, _globex = pair
    export = ask(acme)

    def break_down(self):
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(exporting.Archive, "add_files", break_down)
        job_services.run(acme.organization.pk, export.job_id)
    assert not list(exporting.folder_of(acme.organization.pk).glob("*.zip"))
    with tenant_context(acme.organization.pk):
        Job.objects.filter(pk=export.job_id).update(run_after=timezone.now())
    assert run(acme, export).state == ExportState.READY
    assert not list(exporting.folder_of(acme.organization.pk).glob("*.part"))


def test_only_administrators_of_this_organisation_fetch_it(pair, sign_in):
    acme, globex = pair
    export = run(acme, ask(acme))
    path = f"organization/exports/{export.pk}/download/"
    answer = sign_in(acme.owner).get(f"/acme/{path}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert sign_in(acme.manager).get(f"/acme/{path}").status_code == 403
    assert sign_in(globex.owner).get(f"/acme/{path}").status_code == 404
    assert sign_in(globex.owner).get(f"/globex/{path}").status_code == 404
    with tenant_context(acme.organization.pk):
        from crm.audit.models import OperationLog

        logged = OperationLog.objects.filter(action="organization.export_downloaded").get()
        assert logged.details["reason"] == "Moving house"
        assert Export.objects.get().download_count == 1


def test_it_needs_a_reason_and_runs_once_at_a_time(pair, sign_in):
    acme, _globex = pair
    owner = sign_in(acme.owner)
    assert owner.post("/acme/organization/exports/", {"go": "1"}).status_code == 422
    assert owner.post("/acme/organization/exports/", {"reason": "Audit"}).status_code == 302
    assert owner.post("/acme/organization/exports/", {"reason": "Audit"}).status_code == 422
    with tenant_context(acme.organization.pk):
        export = Export.objects.get()
    status = owner.get(f"/acme/organization/exports/{export.pk}/")
    assert "hx-trigger" in status.content.decode()
    run(acme, export)
    page = owner.get("/acme/organization/exports/").content.decode()
    assert "Download" in page


def test_after_a_week_it_is_gone(pair, sign_in):
    acme, _globex = pair
    export = run(acme, ask(acme))
    path = exporting.path_of(export)
    assert exporting.remove_expired() == 0
    with tenant_context(acme.organization.pk):
        Export.objects.update(expires_at=timezone.now())
    assert exporting.remove_expired() == 1
    assert not path.exists()
    address = f"/acme/organization/exports/{export.pk}/download/"
    assert sign_in(acme.owner).get(address).status_code == 404
    assert "Removed" in sign_in(acme.owner).get("/acme/organization/exports/").content.decode()


def test_a_path_that_leaves_the_folder_is_refused(pair):
    acme, globex = pair
    export = run(acme, ask(acme))
    other = run(globex, ask(globex))
    export.path = other.path
    with pytest.raises(Exception, match="exports"):
        exporting.path_of(export)


def test_an_upload_survives_unpacking_with_its_name():
    assert exporting.safe_name("../..\\a/报价:1?.pdf") == "..a报价1.pdf".lstrip(". ")
    assert exporting.safe_name("...") == "file"
    assert SimpleUploadedFile("x", b"").name == "x"
