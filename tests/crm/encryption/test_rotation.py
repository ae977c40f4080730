"""A new key for everything, also after a kill in the middle, and without losing a value."""

import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from crm.encryption import known, ring, sweeps
from crm.encryption.checks import check_field_keys
from crm.encryption.cipher import Undecipherable
from crm.encryption.keys import fresh_line, make_file, parse
from crm.encryption.management.commands import rotate_field_keys
from crm.encryption.models import KnownKey
from crm.tenancy.context import tenant_context
from payments.models import BankAccount
from payments.services.accounts import is_known, open_account
from tests.support.cast import Cast, build_cast

pytestmark = pytest.mark.slow
NUMBERS = [f"62220210010123{number:05}" for number in range(7)]


@pytest.fixture
def key_file(tmp_path: Path, settings, monkeypatch) -> Path:
    """The keys are in a file of this test; rotation does not wait for other processes."""
    path = tmp_path / "field-keys"
    make_file(path)
    settings.FIELD_KEYS, settings.FIELD_KEYS_FILE = "", str(path)
    ring.reread()
    monkeypatch.setattr(rotate_field_keys, "LOOK_AGAIN", -1)
    yield path
    settings.FIELD_KEYS = f"test:{'dGVz' * 10}dGU=,index:{'aW5k' * 10}aW4="
    ring.reread()


@pytest.fixture
def companies(real_transactions, key_file) -> list[Cast]:
    """Two organisations with encrypted numbers and histories of them."""
    found = [build_cast("acme"), build_cast("globex")]
    for cast in found:
        with tenant_context(cast.organization.pk):
            for number in NUMBERS:
                account = open_account(name=number[-2:], number=number)
                account.name += "!"
                account.save(update_fields=["name"])
    return found


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def used_keys() -> set[str]:
    found: set[str] = set()
    for column in sweeps.encrypted_columns():
        found |= set(sweeps.condition_of(connections["owner"], column, decrypt=False).by_key)
    return found


def numbers(cast: Cast) -> list[str]:
    with tenant_context(cast.organization.pk):
        return sorted(account.number for account in BankAccount.objects.all())


def test_rotation_leaves_no_value_with_the_old_key(companies, key_file):
    (old,) = used_keys()
    out = StringIO()
    call_command("rotate_field_keys", "--retire", stdout=out)
    (new,) = used_keys()

    assert new != old
    assert list(parse(key_file.read_text()).keys) == [new]
    assert "Verified" in out.getvalue()
    assert KnownKey.objects.filter(retired_at=None).count() == 2  # the new one and the index's
    for cast in companies:
        assert numbers(cast) == NUMBERS
        with tenant_context(cast.organization.pk):
            assert is_known(number=NUMBERS[0], currency="CNY")
            # rotation is no change of the record: no new history, the old one readable
            events = BankAccount.history.rel.related_model.objects.all()
            assert sorted(event.number for event in events) == NUMBERS


def test_a_rotation_killed_in_the_middle_is_resumed(companies, key_file, monkeypatch):
    (old,) = used_keys()
    monkeypatch.setattr(sweeps, "BATCH", 2)
    seal, left = sweeps.seal, iter(range(9))

    def dying(*args, **kwargs):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return seal(*args, **kwargs)

    monkeypatch.setattr(sweeps, "seal", dying)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_field_keys", "--retire", stdout=StringIO())
    assert len(used_keys()) == 2
    assert old in parse(key_file.read_text()).keys
    assert numbers(companies[0]) == numbers(companies[1]) == NUMBERS

    monkeypatch.setattr(sweeps, "seal", seal)
    call_command("rotate_field_keys", "--resume", stdout=StringIO())
    assert used_keys() == {ring.keyring().newest}
    assert numbers(companies[0]) == numbers(companies[1]) == NUMBERS


def test_a_value_that_cannot_be_read_stops_the_rotation_and_keeps_the_old_key(companies, key_file):
    (old,) = used_keys()
    with tenant_context(companies[0].organization.pk):
        run("UPDATE payments_bankaccount SET number = left(number, 60) WHERE name = '00!'")
    with pytest.raises(Undecipherable):
        call_command("rotate_field_keys", "--retire", stdout=StringIO())
    assert old in parse(key_file.read_text()).keys


def test_the_command_tells_which_keys_are_used(companies):
    known.note_keys()
    out = StringIO()
    call_command("field_keys", "--verify", stdout=out)
    assert f"{next(iter(used_keys()))}: 14" in out.getvalue()
    key = ring.keyring().index
    assert key.hex() not in out.getvalue()


def test_a_missing_or_changed_key_is_told_before_anything_is_served(companies, key_file):
    known.note_keys()
    assert check_field_keys(databases=["default"]) == []

    lines = key_file.read_text().splitlines()
    key_file.write_text("\n".join([fresh_line("other"), *lines[2:]]))
    ring.reread()
    assert [error.id for error in check_field_keys(databases=["default"])] == ["encryption.E002"]
    with pytest.raises(CommandError, match="missing"):
        call_command("field_keys", stdout=StringIO())

    name = lines[1].partition(":")[0]
    key_file.write_text("\n".join([fresh_line(name), *lines[2:]]))
    ring.reread()
    assert [error.id for error in check_field_keys(databases=["default"])] == ["encryption.E003"]

    key_file.unlink()
    ring._current._ring = None
    (error,) = check_field_keys(databases=["default"])
    assert error.id == "encryption.E001"
    assert str(key_file) in error.msg


def test_old_plain_rows_are_encrypted_once_by_a_migration(companies):
    column = next(c for c in sweeps.encrypted_columns() if c.table == "payments_bankaccount")
    with tenant_context(companies[0].organization.pk):
        run("UPDATE payments_bankaccount SET number = '12345678' || id, number_index = id::text")
    assert sweeps.encrypt_plain(connections["owner"], column) == len(NUMBERS)
    sweeps.fill_index(connections["owner"], column, "number_index")
    assert sweeps.encrypt_plain(connections["owner"], column) == 0
    with tenant_context(companies[0].organization.pk):
        for account in BankAccount.objects.all():
            assert account.number == f"12345678{account.pk}"
            assert is_known(number=account.number, currency="CNY")
    assert numbers(companies[1]) == NUMBERS


def test_a_value_of_a_transaction_under_way_is_not_left_behind(companies, key_file, monkeypatch):
    """It is written with the old key and committed only after the rotation has begun."""
    (old,) = used_keys()
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with tenant_context(companies[0].organization.pk):
            open_account(name="慢", number="6222999900001111")
            written.set()
            go_on.wait(timeout=120)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(timeout=120)
    pause = threading.Event()

    def sleep(seconds: float) -> None:
        if seconds == 1:  # the rotation waits for us
            go_on.set()
            pause.wait(0.1)

    monkeypatch.setattr(rotate_field_keys.time, "sleep", sleep)
    call_command("rotate_field_keys", "--retire", stdout=StringIO())
    thread.join(timeout=120)
    assert old not in used_keys()
    assert "6222999900001111" in numbers(companies[0])
