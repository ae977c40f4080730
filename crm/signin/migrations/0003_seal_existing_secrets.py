"""Secrets of second factors that were set up before they were encrypted."""

from django.db import migrations

NAMES = ("secret", "seed")
SEALED = "sealed."


def seal_existing(apps, schema_editor):
    alias = schema_editor.connection.alias
    authenticators = apps.get_model("mfa", "Authenticator").objects.using(alias)
    secrets = apps.get_model("signin", "SealedSecret").objects.using(alias)
    for one in authenticators.exclude(type="webauthn").iterator():
        plain = {
            name: one.data[name]
            for name in NAMES
            if one.data.get(name) and not one.data[name].startswith(SEALED)
        }
        for name, text in plain.items():
            one.data[name] = f"{SEALED}{secrets.create(text=text).pk}"
        if plain:
            one.save(using=alias, update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("signin", "0002_sealed_secrets"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunPython(seal_existing, migrations.RunPython.noop)]
