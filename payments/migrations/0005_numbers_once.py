import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_encrypt_numbers"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "payments_bankaccountevent" ("bank", "created_at", "currency", "holder", "id", "is_active", "name", "number", "number_index", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."bank", OLD."created_at", OLD."currency", OLD."holder", OLD."id", OLD."is_active", OLD."name", OLD."number", OLD."number_index", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id"); RETURN NULL;',
                    hash="02fb9bd10589f7012a64f5e88ceb15e2cbdb9281",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_036d3",
                    table="payments_bankaccount",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "payments_bankaccountevent" ("bank", "created_at", "currency", "holder", "id", "is_active", "name", "number", "number_index", "organization_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."bank", OLD."created_at", OLD."currency", OLD."holder", OLD."id", OLD."is_active", OLD."name", OLD."number", OLD."number_index", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="cfd85c2499c79b54511e47fabb923d17b229e29d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4a130",
                    table="payments_bankaccount",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("organization", "number_index", "currency"), name="bank_account_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payeralias",
            constraint=models.UniqueConstraint(
                fields=("organization", "key_index", "customer"), name="payer_alias_once"
            ),
        ),
    ]
