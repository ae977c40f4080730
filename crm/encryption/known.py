"""Which keys the data needs, as the database remembers them."""

from django.utils import timezone

from crm.encryption.cipher import fingerprint
from crm.encryption.keys import INDEX
from crm.encryption.models import KnownKey
from crm.encryption.ring import keyring


def note_keys() -> None:
    """Remember the keys in force; one that is known already keeps its first fingerprint."""
    prints = fingerprints()
    KnownKey.objects.bulk_create(
        (KnownKey(name=name, fingerprint=value) for name, value in prints.items()),
        ignore_conflicts=True,
    )
    KnownKey.objects.filter(name__in=prints, retired_at__isnull=False).update(retired_at=None)


def fingerprints() -> dict[str, str]:
    """The fingerprint of every key of the ring, the index's too."""
    ring = keyring()
    return {name: fingerprint(key) for name, key in {**ring.keys, INDEX: ring.index}.items()}


def retire(names: set[str]) -> None:
    """Nothing is encrypted with these any more: they may be missing from now on."""
    KnownKey.objects.filter(name__in=names).update(retired_at=timezone.now())


def missing_keys() -> list[str]:
    """Names of keys that the data needs and the ring lacks."""
    known = KnownKey.objects.filter(retired_at__isnull=True).values_list("name", flat=True)
    return sorted(set(known) - set(fingerprints()))


def changed_keys() -> list[str]:
    """Names under which the ring now holds another key than the data was encrypted with."""
    prints = fingerprints()
    known = KnownKey.objects.filter(retired_at__isnull=True, name__in=prints)
    return sorted(key.name for key in known if key.fingerprint != prints[key.name])
