from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # leads keep coming in while the indexes are built

    dependencies = [("leads", "0003_grants_say_who_and_why")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["organization", "owner", "-id"], name="lead_owner_idx"),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["organization", "created_at", "id"], name="lead_created_idx"
            ),
        ),
    ]
