"""Model fields: a text the database cannot read, and the index by which it is found."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.forms import TextInput

from crm.encryption.cipher import INDEX_LENGTH, PLATFORM, blind_index, seal, unseal

# "df" is how triggers compare a row before and after: equal ciphertexts are equal texts
SEARCHABLE = {"isnull", "df", "ndf"}


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text at rest as ciphertext, bound to the organisation and to `place` ("table.column").

    The place is that of the model which first declares the field and is kept by its history
    table and by migrations. Nothing but `isnull` can be asked of it: equality goes through a
    BlindIndexField beside it.
    """

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        self.place = place
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, *a: Any, **kw: Any) -> None:
        super().contribute_to_class(cls, name, *a, **kw)
        if not self.place and not cls._meta.abstract:
            self.place = f"{cls._meta.db_table}.{self.column}"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"place": self.place} if self.place else {})

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in SEARCHABLE:
            raise FieldError(f"{self.place} is encrypted: ask its blind index, not {lookup_name}.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.place} is encrypted: {lookup_name} cannot be computed of it.")

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if value is None:
            return None
        return seal(str(value), place=self.place, organization_id=self._organization())

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if value is None:
            return None
        return unseal(value, place=self.place, organization_id=self._organization())

    def formfield(self, **kwargs: Any) -> Any:
        kwargs = {"widget": TextInput(attrs={"autocomplete": "off"}), **kwargs}
        return super().formfield(**kwargs)

    def _organization(self) -> int | None:
        """None: the current one's. A model without an organisation keeps the platform's secrets."""
        return None if is_tenants(self.model) else PLATFORM


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """A keyed digest of another field, kept when the row is saved; look up with `index_of`."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs["max_length"] = INDEX_LENGTH
        kwargs["editable"] = False
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for option in ("max_length", "editable"):
            kwargs.pop(option, None)
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.index_of(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value

    def index_of(self, text: str) -> str:
        """The digest to ask for when looking for this text."""
        source = self.model._meta.get_field(self.source)
        if not isinstance(source, EncryptedTextField):
            raise FieldError(f"{self.source} is not encrypted.")
        organization = None if is_tenants(self.model) else PLATFORM
        return blind_index(text, source.place, organization_id=organization)


def is_tenants(model: type[models.Model]) -> bool:
    """Whether the rows of a model belong to one organisation each."""
    return any(field.name == "organization" for field in model._meta.local_concrete_fields)


def index_of(model: type[models.Model], field: str, text: str) -> str:
    """The digest by which `field`, a BlindIndexField of `model`, finds this text."""
    found = model._meta.get_field(field)
    if not isinstance(found, BlindIndexField):
        raise FieldError(f"{field} is no blind index.")
    return found.index_of(text)
