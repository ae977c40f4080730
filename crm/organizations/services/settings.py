"""The organisation's own settings: the one place that changes them, with a line in the log."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.files import services as files
from crm.files.models import StoredFile
from crm.organizations.pictures import check_picture
from crm.tenancy.current import note_organization
from crm.tenancy.models import Organization

CHANGEABLE = frozenset({"name", "currency", "time_zone", "language", "fiscal_year_start"})
PICTURES = frozenset({"png", "jpg", "jpeg"})
LARGEST_LOGO = 1024 * 1024


def _locked(organization_id: int) -> Organization:
    rows = Organization.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=organization_id)


@transaction.atomic
def change_settings(organization_id: int, **facts: Any) -> Organization:
    """Keep what differs and write down from what to what."""
    unknown = set(facts) - CHANGEABLE
    if unknown:
        raise ValueError(f"not settings: {sorted(unknown)}")
    organization = _locked(organization_id)
    changes = {
        name: [getattr(organization, name), value]
        for name, value in facts.items()
        if getattr(organization, name) != value
    }
    if changes:
        for name, (_old, value) in changes.items():
            setattr(organization, name, value)
        organization.save(update_fields=list(changes))
        note_organization(organization)
        audit.record("organization.changed", target=organization, changes=changes)
    return organization


@transaction.atomic
def set_logo(organization_id: int, upload: "UploadedFile[bytes]") -> Organization:
    """Check and keep a picture; raises FileRefused with the reason."""
    if (upload.size or 0) > LARGEST_LOGO:
        raise files.FileRefused(_("The picture is larger than 1 MB."))
    check_picture(upload)
    stored = files.store_upload(upload, purpose="logo", accept=PICTURES)
    return _replace_logo(organization_id, stored)


@transaction.atomic
def remove_logo(organization_id: int) -> Organization:
    """Back to the boat."""
    return _replace_logo(organization_id, None)


def _replace_logo(organization_id: int, stored: StoredFile | None) -> Organization:
    organization = _locked(organization_id)
    before = logo_of(organization)
    organization.logo_file_id = stored.pk if stored else None
    organization.save(update_fields=["logo_file_id"])
    if before is not None:
        files.forget(before)
    action = "organization.logo_set" if stored else "organization.logo_removed"
    audit.record(action, target=organization, **({"file": stored.name} if stored else {}))
    return organization


def logo_of(organization: Organization) -> StoredFile | None:
    """The stored picture, when there is one."""
    if organization.logo_file_id is None:
        return None
    return StoredFile.objects.filter(pk=organization.logo_file_id, purpose="logo").first()
