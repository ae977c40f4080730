"""Uploads: outside the web root, checked, served as attachments only."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.files.models import StoredFile
from crm.files.services import TABLES, FileRefused, clean_name, path_of, serve, store_upload


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_kept_under_its_hash_and_served_as_an_attachment(tenant):
    stored = store_upload(upload("线索.csv", "公司\n甲".encode()), purpose="import", accept=TABLES)
    path = path_of(stored)
    assert path.read_bytes() == "公司\n甲".encode()
    assert Path(settings.STATIC_ROOT) not in path.parents
    response = serve(stored)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == "公司\n甲".encode()
    response.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.exe", b"MZ"),
        ("x.csv", b""),
        ("x.xlsx", b"<html>not a workbook</html>"),
        ("x.xlsx.html", b"<script>"),
        ("noending", b"x"),
    ],
)
def test_what_is_not_accepted_is_refused_and_not_kept(tenant, name, content):
    with pytest.raises(FileRefused):
        store_upload(upload(name, content), purpose="import", accept=TABLES)
    assert not StoredFile.objects.exists()


def test_a_file_over_the_limit_is_refused(tenant, settings):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(FileRefused):
        store_upload(upload("x.csv", b"12345678901"), purpose="import", accept=TABLES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\temp\\x.csv", "x.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("长" * 300 + ".csv", "长" * 180 + ".csv"),
    ],
)
def test_names_lose_their_paths(given, kept):
    assert clean_name(given) == kept


def test_a_forged_path_leads_nowhere(tenant):
    stored = store_upload(upload("x.csv", b"1"), purpose="import", accept=TABLES)
    stored.path = "../../../../etc/passwd"
    with pytest.raises(FileRefused):
        path_of(stored)
