"""An upgrade of the keys reaches every organisation by itself, and is not lost on the way."""

import logging

import pytest
from django.core.management import call_command

from crm.jobs.models import Job
from leads.identity.keys import KEYS_VERSION
from leads.models import IdentityIndex, IdentityKey
from leads.services import index_version
from leads.services.customers import create_customer
from tests.leads.records.test_identity_index import rows


@pytest.fixture
def old(tenant, lead, customer, monkeypatch):
    """Some records, filed without the keys of their brand's sound, as if by an older release."""
    monkeypatch.setattr(index_version, "REST", 0)
    monkeypatch.setattr(index_version, "BATCH", 2)
    for name in ("云帆", "海曙贸易", "宁波海曙物流"):
        create_customer(by=None, name=name)
    before = rows()
    IdentityKey.objects.filter(kind__in=["sound_region", "sound_trade"]).delete()
    IdentityIndex.objects.update_or_create(defaults={"version": 1})
    return before


def asked():
    return Job.objects.filter(name="leads.upgrade_index").count()


def test_a_new_organisation_is_current(tenant):
    assert not index_version.ask(tenant.organization)
    assert IdentityIndex.objects.get().version == KEYS_VERSION
    create_customer(by=None, name="杭州云帆软件有限公司")
    assert not index_version.ask(tenant.organization)


def test_who_has_keys_but_no_version_is_looked_at(tenant, customer):
    assert index_version.ask(tenant.organization)
    assert index_version.index_state().version == 0


def test_an_old_index_is_asked_for_once_and_brought_up_to_date(old, tenant, caplog):
    assert index_version.ask_all() == 1
    assert index_version.ask_all() == 1
    assert asked() == 1
    with caplog.at_level(logging.INFO, "tongzhou.leads"):
        changed = index_version.upgrade(tenant.organization.pk)
    assert rows() == old
    assert changed > 0
    assert f"is of version {KEYS_VERSION}: {changed} keys changed" in caplog.text
    assert index_version.ask_all() == 0
    assert index_version.upgrade(tenant.organization.pk) == 0


def test_an_upgrade_goes_on_where_it_was_cut_off(old, tenant, monkeypatch):
    settle, calls = index_version.settle, []

    def killed(found):
        calls.append(found.checked)
        if len(calls) == 3:
            raise KeyboardInterrupt
        settle(found)

    monkeypatch.setattr(index_version, "settle", killed)
    with pytest.raises(KeyboardInterrupt):
        index_version.upgrade(tenant.organization.pk)
    state = IdentityIndex.objects.get()
    assert (state.version, state.target) == (1, KEYS_VERSION)
    assert sum(calls[:2]) == 4
    calls.clear()
    monkeypatch.setattr(index_version, "settle", lambda found: (calls.append(1), settle(found)))
    index_version.upgrade(tenant.organization.pk)
    assert rows() == old
    assert IdentityIndex.objects.get().version == KEYS_VERSION


def test_a_check_says_how_far_it_has_come(old, tenant, capsys):
    slug = tenant.organization.slug
    with pytest.raises(Exception, match="keys differ"):
        call_command("rebuild_identity_index", organization=slug, check=True)
    assert f"version 1, {KEYS_VERSION} is due" in capsys.readouterr().out
    call_command("rebuild_identity_index", organization=slug)
    assert f"version {KEYS_VERSION}" in capsys.readouterr().out
    assert IdentityIndex.objects.get().version == KEYS_VERSION
    assert rows() == old
