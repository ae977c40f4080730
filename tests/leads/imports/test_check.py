"""The dry run: every row normalised, completed and put into one of the buckets."""

import pytest

from crm.files.services import FileRefused
from crm.tabular import Row
from leads.enums import Bucket, ImportState
from leads.identity import helpers
from leads.models import ImportRow, Lead
from leads.services import imports, imports_check
from leads.services.completion import complete_lead
from leads.services.identity import index
from leads.services.imports_rows import read_row
from tests.leads.imports.files import (
    checked,
    csv_upload,
    lead_row,
    work,
    xlsx_upload,
)

pytestmark = pytest.mark.django_db


def buckets_of(batch) -> list[str]:
    rows = ImportRow.objects.filter(batch=batch).order_by("row_number")
    return list(rows.values_list("bucket", flat=True))


def known_lead(owner=None, **facts) -> Lead:
    lead = Lead(number=f"K26-{Lead.objects.count():06d}", owner=owner, **facts)
    complete_lead(lead)
    lead.save()
    index(lead)
    return lead


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_reads_the_same(tenant, encoding):
    rows = [lead_row(n) for n in range(40)]
    batch = checked(csv_upload(rows, encoding=encoding), by=tenant.marketing)
    assert batch.state == ImportState.CHECKED
    assert batch.counts == {"new": 40}
    first = ImportRow.objects.get(batch=batch, row_number=2)
    assert first.fields["company_name"] == rows[0][0]


def test_a_workbook_reads_the_same(tenant):
    batch = checked(xlsx_upload([lead_row(n) for n in range(5)]), by=tenant.marketing)
    assert batch.counts == {"new": 5}
    assert batch.mapping == {
        "0": "company_name", "1": "contact_name", "2": "phone", "3": "email", "4": "province",
        "5": "need",
    }  # fmt: skip


def test_rows_are_normalised_and_completed(tenant):
    header = ("企业", "电话", "地址")
    row = ("宁波海天塑机集团有限公司", "0574-8618 2233 转 8001", "")
    batch = checked(csv_upload([row], header=header), by=tenant.marketing)
    fields = ImportRow.objects.get(batch=batch).fields
    assert fields["phone_key"] == "+8657486182233"
    assert fields["province"] == "33"
    assert fields["sort_key"].startswith("ningbohaitian")


def test_several_numbers_in_one_cell_are_all_kept(tenant):
    row = ("苏州同光精密机械有限公司", "", "13812345678 / 0512-66778899", "", "", "要样机")
    batch = checked(csv_upload([row]), by=tenant.marketing)
    found = ImportRow.objects.get(batch=batch)
    assert found.fields["phone"] == "13812345678"
    assert found.fields["other_phones"] == "0512-66778899"
    assert found.key_kinds.count("phone") == 2


def test_more_numbers_than_a_lead_keeps_are_a_fault_of_the_row():
    numbers = [
        " / ".join(str(13812340000 + 10 * column + one) for one in range(8)) for column in range(3)
    ]
    columns = [(0, "company_name"), (1, "phone"), (2, "other_phone"), (3, "other_phone")]
    reading = read_row(Row(2, ("苏州同光精密机械有限公司", *numbers)), columns)
    assert reading.problems == [{"code": "too_many_phones", "column": 3, "params": {"limit": 250}}]


def test_faulty_cells_are_named_one_by_one(tenant):
    rows = [
        ("", "张三", "13800000001", "", "", ""),
        ("苏州甲公司", "", "12345", "not-an-address", "火星", ""),
        ("苏州乙公司", "", "13800000002", "", "", "长" * 5_000),
    ]
    batch = checked(csv_upload(rows), by=tenant.marketing)
    found = ImportRow.objects.filter(batch=batch).order_by("row_number")
    codes = [[problem["code"] for problem in row.problems] for row in found]
    assert codes == [
        ["company_missing"],
        ["phone_invalid", "email_invalid", "province_unknown"],
        ["too_long"],
    ]
    assert batch.counts == {"error": 3}


def test_formulas_are_text(tenant):
    row = ('=cmd|"/c calc"!A1', "@SUM(1)", "13800000001", "", "", "+86 138")
    batch = checked(csv_upload([row]), by=tenant.marketing)
    assert ImportRow.objects.get(batch=batch).fields["contact_name"] == "@SUM(1)"


def test_a_lead_that_waits_for_an_owner_is_an_exact_duplicate(tenant):
    known = known_lead(company_name="苏州同光精密机械有限公司", phone="13812345678")
    row = ("苏州市同光精密机械有限责任公司", "李敏", "138 1234 5678", "", "", "")
    batch = checked(csv_upload([row]), by=tenant.marketing)
    found = ImportRow.objects.get(batch=batch)
    assert (found.bucket, found.match_kind, found.match_id) == ("duplicate", "lead", known.pk)
    assert found.match_reasons


def test_a_colleagues_client_is_owned_also_beyond_the_importers_view(tenant):
    known_lead(
        owner=tenant.northerner, company_name="苏州同光精密机械有限公司", phone="13812345678"
    )
    row = ("苏州同光精密机械有限公司", "", "13812345678", "", "", "")
    assert buckets_of(checked(csv_upload([row]), by=tenant.agent)) == [Bucket.OWNED]


def test_a_like_name_elsewhere_is_probable(tenant):
    known_lead(company_name="苏州同光精密机械有限公司")
    batch = checked(csv_upload([("同光精密机械", "", "", "", "", "")]), by=tenant.marketing)
    assert buckets_of(batch) == [Bucket.PROBABLE]


def test_a_row_repeated_in_the_file_is_found(tenant):
    rows = [lead_row(1), lead_row(2), lead_row(1)]
    batch = checked(csv_upload(rows), by=tenant.marketing)
    assert buckets_of(batch) == [Bucket.NEW, Bucket.NEW, Bucket.DUPLICATE]
    assert ImportRow.objects.get(batch=batch, row_number=4).match_row == 2


def test_a_like_name_earlier_in_the_file_is_probable(tenant):
    rows = [
        ("苏州同光精密机械有限公司", "", "", "", "", ""),
        ("苏州同光机械厂", "", "", "", "", ""),
    ]
    batch = checked(csv_upload(rows), by=tenant.marketing)
    assert buckets_of(batch) == [Bucket.NEW, Bucket.PROBABLE]


def test_repeats_are_found_across_chunks_and_after_a_restart(tenant, monkeypatch):
    monkeypatch.setattr(imports_check, "CHUNK", 3)
    rows = [lead_row(n) for n in (1, 2, 3, 4, 5, 1, 4)]
    batch = imports.upload_leads(upload=csv_upload(rows), by=tenant.marketing)
    imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)
    with monkeypatch.context() as dying:
        real, calls = imports_check.check_chunk, []

        def die_in_the_second(*args, **kwargs):
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        dying.setattr(imports_check, "check_chunk", die_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            imports_check.check(batch.organization_id, batch.pk)
    batch.refresh_from_db()
    assert batch.checked_until == 4
    imports_check.check(batch.organization_id, batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportState.CHECKED
    assert buckets_of(batch) == ["new"] * 5 + ["duplicate"] * 2
    assert batch.counts == {"new": 5, "duplicate": 2}


@pytest.mark.parametrize("chunk", [1, 10])
def test_a_second_number_of_an_earlier_row_counts_in_every_chunk(tenant, monkeypatch, chunk):
    monkeypatch.setattr(imports_check, "CHUNK", chunk)
    rows = [
        ("苏州同光精密机械有限公司", "李敏", "13812345678 / 13987654321", "", "", ""),
        ("苏州同光机械厂", "李敏", "13987654321", "", "", ""),
    ]
    batch = checked(csv_upload(rows), by=tenant.marketing)
    assert buckets_of(batch) == [Bucket.NEW, Bucket.DUPLICATE]


def test_columns_are_remembered_for_the_same_header(tenant):
    header = ("甲", "乙")
    rows = [("苏州同光精密机械有限公司", "13812345678")]
    batch = imports.upload_leads(upload=csv_upload(rows, header=header), by=tenant.marketing)
    imports.choose_columns(batch_id=batch.pk, mapping={"0": "company_name", "1": "wechat"})
    work(batch)
    again = imports.upload_leads(upload=csv_upload(rows, header=header), by=tenant.marketing)
    assert again.mapping == {"0": "company_name", "1": "wechat"}


def test_unnamed_columns_are_recognised_by_their_contents(tenant):
    header = ("A列", "B列", "C列")
    rows = [(f"苏州第{n}机械有限公司", f"1381234{n:04d}", f"a{n}@b.com") for n in range(5)]
    batch = imports.upload_leads(upload=csv_upload(rows, header=header), by=tenant.marketing)
    assert batch.mapping == {"0": "company_name", "1": "phone", "2": "email"}


def test_a_file_without_company_column_cannot_be_checked(tenant):
    batch = imports.upload_leads(upload=csv_upload([lead_row(1)]), by=tenant.marketing)
    with pytest.raises(imports.ColumnsIncomplete):
        imports.choose_columns(batch_id=batch.pk, mapping={"2": "phone"})


def test_what_is_no_table_is_refused_with_its_reason(tenant):
    upload = csv_upload([lead_row(1)], name="线索.pdf")
    with pytest.raises(FileRefused):
        imports.upload_leads(upload=upload, by=tenant.marketing)
    broken = csv_upload([("苏州甲公司", "", "", "", "", "")])
    broken.file.write(b'a,"b\r\n')
    broken.size = broken.file.tell()
    broken.file.seek(0)
    with pytest.raises(imports.FileUnreadable) as refusal:
        imports.upload_leads(upload=broken, by=tenant.marketing)
    assert refusal.value.error["code"] == "unclosed_quote"


def test_another_organisations_clients_are_not_met(cast, other_cast):
    from crm.tenancy.context import tenant_context

    with tenant_context(other_cast.organization.id):
        known_lead(company_name="苏州同光精密机械有限公司", phone="13812345678")
    with tenant_context(cast.organization.id):
        row = ("苏州同光精密机械有限公司", "", "13812345678", "", "", "")
        assert buckets_of(checked(csv_upload([row]), by=cast.marketing)) == [Bucket.NEW]


def test_rows_as_long_as_a_file_are_read_a_few_at_a_time(tenant, monkeypatch):
    monkeypatch.setattr(imports_check, "CHUNK_TEXT", 10_000)
    stored, sizes = imports_check._store, []
    monkeypatch.setattr(
        imports_check, "_store", lambda *args: [sizes.append(len(args[1])), stored(*args)]
    )
    rows = [(*lead_row(n)[:5], "长" * 3_900) for n in range(7)]
    batch = checked(csv_upload(rows), by=tenant.marketing)
    assert (batch.counts, sizes) == ({"new": 7}, [3, 3, 1])


def test_a_helper_reads_the_rows_as_the_worker_does(tenant, monkeypatch):
    known_lead(company_name=lead_row(3)[0])
    rows = [*map(lead_row, range(30)), ("", "谁", "13800000009", "", "", ""), lead_row(1)]
    found = []
    monkeypatch.setattr(imports_check, "CHUNK", 4)
    monkeypatch.setattr(imports_check, "own_cores", lambda: 2)
    for least in (1_000, 0):
        monkeypatch.setattr(imports_check, "WORTH_A_HELPER", least)
        batch = checked(csv_upload(rows), by=tenant.marketing)
        stored = ImportRow.objects.filter(batch=batch).order_by("row_number")
        found.append(list(stored.values_list(*COMPARED)))
    assert len(found[0]) == len(rows)
    assert found[0] == found[1]
    assert {row[1] for row in found[0]} == {"new", "duplicate", "error"}


def test_a_check_goes_on_alone_when_its_helper_is_lost(tenant, monkeypatch):
    monkeypatch.setattr(imports_check, "CHUNK", 4)
    monkeypatch.setattr(imports_check, "WORTH_A_HELPER", 0)
    monkeypatch.setattr(imports_check, "own_cores", lambda: 2)
    monkeypatch.setattr(helpers, "_BEGIN", "raise SystemExit(9)")
    batch = checked(csv_upload([lead_row(n) for n in range(30)]), by=tenant.marketing)
    assert (batch.state, batch.counts) == (ImportState.CHECKED, {"new": 30})


def test_columns_chosen_anew_at_once_are_those_that_count(tenant, monkeypatch):
    batch = imports.upload_leads(upload=csv_upload([lead_row(1)]), by=tenant.marketing)
    imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)
    store, anew = imports_check.check_chunk, {"0": "company_name", "1": "need"}

    def change_meanwhile(*args, **kwargs):
        monkeypatch.setattr(imports_check, "check_chunk", store)
        imports.change_columns(batch_id=batch.pk)
        imports.choose_columns(batch_id=batch.pk, mapping=anew)
        return store(*args, **kwargs)

    monkeypatch.setattr(imports_check, "check_chunk", change_meanwhile)
    work(batch)
    assert not ImportRow.objects.filter(batch=batch).exists()
    work(batch)
    assert batch.state == ImportState.CHECKED
    assert ImportRow.objects.get(batch=batch).fields["need"] == lead_row(1)[1]


COMPARED = (
    "row_number", "bucket", "values", "fields", "keys", "key_kinds", "problems", "match_kind",
    "match_id", "match_row", "match_reasons",
)  # fmt: skip
