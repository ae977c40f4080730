"""Statistics are looked at anew for the tables that an import fills, whatever else is asked for."""

from django.db import migrations

FILLED = """
    'audit_operationlog', 'leads_assignmentdecision', 'leads_collisioncase',
    'leads_collisionparty', 'leads_collisionrecord', 'leads_identitykey', 'leads_importrow',
    'leads_lead', 'leads_touch'
"""
REFRESH = """
CREATE OR REPLACE FUNCTION public.refresh_statistics(tables text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one text;
  done integer := 0;
BEGIN
  FOR one IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (tables)
    {limit}
    AND pg_relation_size(c.oid) / current_setting('block_size')::int > 2 * greatest(c.relpages, 4)
    ORDER BY c.relname
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', one);
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0021_statistics")]

    operations = [
        migrations.RunSQL(
            REFRESH.replace("{limit}", f"AND c.relname IN ({FILLED})"),
            REFRESH.replace("{limit}", ""),
        ),
    ]
